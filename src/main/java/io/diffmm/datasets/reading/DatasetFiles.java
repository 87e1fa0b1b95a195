package io.diffmm.datasets.reading;

import io.diffmm.datasets.InvalidDatasetException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Files of a dataset folder that a reader uses; others, for example a test split, are ignored.
///
/// @param train `train.csv` or `train.parquet`; optional only next to a database of live interactions
/// @param valid `valid.csv` or `valid.parquet`
/// @param items `items.csv`
/// @param features `*.npy`, by name
record DatasetFiles(Optional<Path> train, Optional<Path> valid, Optional<Path> items, List<Path> features) {

    static final DatasetFiles NONE = new DatasetFiles(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    /// Finds the files of a folder.
    static DatasetFiles of(Path directory) {
        if (!Files.isDirectory(directory)) {
            throw InvalidDatasetException.of(directory, "is not a directory; a dataset is a folder with train.csv");
        }
        Path items = directory.resolve("items.csv");
        return new DatasetFiles(
                interactions(directory, "train"),
                interactions(directory, "valid"),
                Files.exists(items) ? Optional.of(items) : Optional.empty(),
                features(directory));
    }

    /// Finds the files of a folder whose interactions a split will divide.
    ///
    /// @throws InvalidDatasetException if `train` is missing or `valid` exists
    static DatasetFiles withoutValid(Path directory) {
        DatasetFiles files = of(directory);
        train(directory);
        files.valid().ifPresent(valid -> {
            throw InvalidDatasetException.of(
                    valid, "exists already; remove it, or omit the split, which would create another");
        });
        return files;
    }

    /// Finds the files of a folder next to a database of live interactions; the folder may lack interactions.
    ///
    /// @throws InvalidDatasetException if the folder contains no file of a dataset
    static DatasetFiles withDatabase(Path directory) {
        DatasetFiles files = of(directory);
        if (files.all().isEmpty()) {
            throw InvalidDatasetException.of(directory, "contains neither interactions nor items nor features");
        }
        return files;
    }

    /// Finds the `train` file of a folder.
    ///
    /// @throws InvalidDatasetException if there is none
    static Path train(Path directory) {
        return interactions(directory, "train")
                .orElseThrow(() -> InvalidDatasetException.of(
                        directory, "contains neither train.csv nor train.parquet; one of them is required"));
    }

    private static Optional<Path> interactions(Path directory, String name) {
        Path csv = directory.resolve(name + ".csv");
        Path parquet = directory.resolve(name + ".parquet");
        if (Files.exists(csv) && Files.exists(parquet)) {
            throw InvalidDatasetException.of(
                    directory, "contains both %1$s.csv and %1$s.parquet; remove one of them".formatted(name));
        }
        return Stream.of(csv, parquet).filter(Files::exists).findFirst();
    }

    private static List<Path> features(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> InputFiles.name(file).endsWith(NpyFile.EXTENSION))
                    .filter(file -> InputFiles.name(file).length() > NpyFile.EXTENSION.length())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw InputFiles.unreadable(directory, e);
        }
    }

    /// All files, by name.
    List<Path> all() {
        return Stream.of(train.stream(), valid.stream(), items.stream(), features.stream())
                .flatMap(files -> files)
                .sorted()
                .toList();
    }
}

package io.diffmm.datasets;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The files of a dataset's folder that are read; others, a test split say, are passed over.
///
/// @param train there in every folder that stands alone
/// @param features `*.npy`, by name
record DatasetFiles(Optional<Path> train, Optional<Path> valid, Optional<Path> items, List<Path> features) {

    static final DatasetFiles NONE = new DatasetFiles(Optional.empty(), Optional.empty(), Optional.empty(), List.of());

    static final String FEATURES_END = ".npy";

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

    /// The files of a folder whose `valid` is to be made.
    static DatasetFiles withoutValid(Path directory) {
        DatasetFiles files = of(directory);
        train(directory);
        files.valid().ifPresent(valid -> {
            throw InvalidDatasetException.of(
                    valid, "is there already; take it away, or do without the split that would make another");
        });
        return files;
    }

    /// The files of a folder that a store of live interactions goes with; there may be no interactions
    /// among them.
    static DatasetFiles beside(Path directory) {
        DatasetFiles files = of(directory);
        if (files.all().isEmpty()) {
            throw InvalidDatasetException.of(directory, "holds neither interactions nor items nor features");
        }
        return files;
    }

    static Path train(Path directory) {
        return interactions(directory, "train")
                .orElseThrow(() -> InvalidDatasetException.of(
                        directory, "holds neither train.csv nor train.parquet; one of them is required"));
    }

    private static Optional<Path> interactions(Path directory, String name) {
        Path csv = directory.resolve(name + ".csv");
        Path parquet = directory.resolve(name + ".parquet");
        if (Files.exists(csv) && Files.exists(parquet)) {
            throw InvalidDatasetException.of(
                    directory, "holds both %1$s.csv and %1$s.parquet; keep the one that is meant".formatted(name));
        }
        return Stream.of(csv, parquet).filter(Files::exists).findFirst();
    }

    private static List<Path> features(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> fileName(file).endsWith(FEATURES_END))
                    .filter(file -> fileName(file).length() > FEATURES_END.length())
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw InputFiles.unreadable(directory, e);
        }
    }

    /// The last part of a file's path.
    static String fileName(Path file) {
        return String.valueOf(file.getFileName());
    }

    /// All files, by name.
    List<Path> all() {
        return Stream.of(train.stream(), valid.stream(), items.stream(), features.stream())
                .flatMap(files -> files)
                .sorted()
                .toList();
    }
}

package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.Optional;

/// Reads a dataset: `train` and `valid` (CSV or Parquet), `items.csv` and `*.npy` of a folder, live
/// interactions of a database.
public final class DatasetReader {

    private DatasetReader() {}

    /// Reads the folder `directory`.
    ///
    /// @throws InvalidDatasetException naming file, line and cause, if the folder cannot be used
    public static Dataset read(Path directory) {
        return read(DatasetSource.of(directory));
    }

    /// Reads a dataset.
    ///
    /// @throws InvalidDatasetException naming file or store and cause, if one of them cannot be used
    public static Dataset read(DatasetSource source) {
        return switch (source) {
            case DatasetSource.Files(Path directory, Optional<Split> split) ->
                split.map(how -> new SplitReader(DatasetFiles.withoutValid(directory), how).read())
                        .orElseGet(() -> readAsSplit(directory));
            case DatasetSource.Live(LiveInteractions live, Optional<Path> folder, Split split) ->
                new SplitReader(folder.map(DatasetFiles::beside).orElse(DatasetFiles.NONE), split).read(live);
        };
    }

    private static Dataset readAsSplit(Path directory) {
        DatasetFiles files = DatasetFiles.of(directory);
        Path file = DatasetFiles.train(directory);
        CatalogueFiles catalogue = CatalogueFiles.read(files);
        UserRows rows = UserRows.read(file, catalogue.items());
        IdIndex users = IdIndex.of(rows.userIds());
        ItemCatalogue items = catalogue.items().catalogue();
        InteractionMatrix train = InteractionMatrix.of(items.size(), rows.rows());
        Optional<HeldOut> valid = files.valid()
                .map(held -> HeldOutReader.read(held, users::row, items).withoutSeen(train));
        return new Dataset(
                users,
                items,
                train,
                rows.micros().map(micros -> InteractionTimes.of(train, micros)),
                valid,
                catalogue.features(),
                Fingerprint.of(files.all()),
                notes(rows, train, valid));
    }

    private static DatasetNotes notes(UserRows rows, InteractionMatrix train, Optional<HeldOut> valid) {
        return new DatasetNotes(
                train.rows(),
                train.columns(),
                train.size(),
                valid.map(HeldOut::interactions).orElse(0),
                rows.duplicates() + valid.map(HeldOut::duplicates).orElse(0),
                valid.map(HeldOut::unknownItems).orElse(0),
                valid.map(HeldOut::alreadySeen).orElse(0),
                valid.map(HeldOut::usersWithoutHistory).orElse(0),
                train.emptyColumns());
    }
}

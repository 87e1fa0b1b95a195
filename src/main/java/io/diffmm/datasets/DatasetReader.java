package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Reads a dataset's folder: `train` and `valid` (CSV or Parquet), `items.csv`, `*.npy`.
public final class DatasetReader {

    private DatasetReader() {}

    /// Reads the folder `directory`.
    ///
    /// @throws InvalidDatasetException naming file, line and cause, if the folder cannot be used
    public static Dataset read(Path directory) {
        DatasetFiles files = DatasetFiles.of(directory);
        List<FeatureMatrix> features =
                files.features().stream().map(NpyFile::readFeatures).toList();
        TrainItems source = TrainItems.of(files.items(), features);
        requireOneRowAnItem(files, features, source);

        UserRows rows = UserRows.read(files.train(), source);
        IdIndex users = IdIndex.of(rows.userIds());
        ItemCatalogue items = source.catalogue();
        InteractionMatrix train = InteractionMatrix.of(items.size(), rows.rows());
        Optional<HeldOut> valid = files.valid()
                .map(file -> HeldOutReader.read(file, users::row, items).withoutSeen(train));
        return new Dataset(
                users, items, train, valid, features, Fingerprint.of(files.all()), notes(rows, train, valid));
    }

    private static void requireOneRowAnItem(DatasetFiles files, List<FeatureMatrix> features, TrainItems source) {
        if (features.isEmpty()) {
            return;
        }
        int expected = source.catalogue().size();
        String authority =
                DatasetFiles.fileName(files.items().orElse(files.features().getFirst()));
        for (int at = 0; at < features.size(); at++) {
            int rows = features.get(at).rows();
            if (rows != expected) {
                throw InvalidDatasetException.of(
                        files.features().get(at),
                        "holds %d rows, %s holds %d; features have one row an item"
                                .formatted(rows, authority, expected));
            }
        }
    }

    private static DatasetNotes notes(UserRows rows, InteractionMatrix train, Optional<HeldOut> valid) {
        int unused = (int)
                Arrays.stream(train.columnCounts()).filter(count -> count == 0).count();
        return new DatasetNotes(
                train.rows(),
                train.columns(),
                train.size(),
                valid.map(HeldOut::interactions).orElse(0),
                rows.duplicates() + valid.map(HeldOut::duplicates).orElse(0),
                valid.map(HeldOut::unknownItems).orElse(0),
                valid.map(HeldOut::alreadySeen).orElse(0),
                valid.map(HeldOut::usersWithoutHistory).orElse(0),
                unused);
    }
}

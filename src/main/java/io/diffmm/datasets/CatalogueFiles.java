package io.diffmm.datasets;

import java.util.List;

/// What a dataset's folder says of the items: which there are, and their features, if it says so.
record CatalogueFiles(TrainItems items, List<FeatureMatrix> features) {

    /// Reads them.
    ///
    /// @throws InvalidDatasetException if a file cannot be used, or they do not go together
    static CatalogueFiles read(DatasetFiles files) {
        List<FeatureMatrix> features =
                files.features().stream().map(NpyFile::readFeatures).toList();
        TrainItems items = TrainItems.of(files.items(), features);
        requireOneRowAnItem(files, features, items);
        return new CatalogueFiles(items, features);
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
}

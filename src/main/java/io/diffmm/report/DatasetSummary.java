package io.diffmm.report;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetNotes;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import java.util.List;
import java.util.stream.IntStream;

/// What the model was trained and measured on.
///
/// @param fingerprint SHA-256 of what was read
/// @param notes counts, and what was left out
/// @param modalities the names of the features
/// @param sparsity the share of user-item pairs without a train interaction
public record DatasetSummary(
        String fingerprint,
        DatasetNotes notes,
        List<String> modalities,
        double sparsity,
        Histogram historyLengths,
        Histogram itemPopularity) {

    /// The summary of a dataset.
    public static DatasetSummary of(Dataset dataset) {
        InteractionMatrix train = dataset.train();
        double pairs = Math.max(1, (double) train.rows() * train.columns());
        return new DatasetSummary(
                dataset.fingerprint(),
                dataset.notes(),
                dataset.features().stream().map(FeatureMatrix::modality).toList(),
                1 - train.size() / pairs,
                Histogram.of(
                        IntStream.range(0, train.rows()).map(train::rowLength).toArray()),
                Histogram.of(train.columnCounts()));
    }
}

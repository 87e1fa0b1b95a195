package io.diffmm.report;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.evaluation.OutcomeGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// Summary of the dataset that a model was trained and measured on.
///
/// @param fingerprint SHA-256 of the input
/// @param notes number of users, items and interactions, and of rows left out
/// @param modalities names of the item feature matrices
/// @param sparsity share of user-item pairs without a train interaction
public record DatasetSummary(
        String fingerprint,
        DatasetCounts notes,
        List<String> modalities,
        double sparsity,
        Histogram historyLengths,
        Histogram itemPopularity) {

    /// Summarizes a dataset.
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

    /// Histogram of counts in bins of doubling width (0, 1, 2-3, 4-7, 8-15, ...), because counts of users and items
    /// have long tails.
    public record Histogram(List<Bin> bins) {

        /// One bar.
        ///
        /// @param label range of the bin
        /// @param count number of values in the range
        public record Bin(String label, int count) {}

        public Histogram {
            bins = List.copyOf(bins);
        }

        /// Returns the histogram of `counts`, which must not be negative.
        public static Histogram of(int[] counts) {
            int[] sizes = new int[Integer.SIZE + 1];
            int last = -1;
            for (int count : counts) {
                int bin = Integer.SIZE - Integer.numberOfLeadingZeros(count);
                sizes[bin]++;
                last = Math.max(last, bin);
            }
            List<Bin> bins = new ArrayList<>();
            for (int bin = sizes[0] > 0 ? 0 : 1; bin <= last; bin++) {
                bins.add(new Bin(range(bin).label(), sizes[bin]));
            }
            return new Histogram(bins);
        }

        private static OutcomeGroup.CountRange range(int bin) {
            return bin == 0
                    ? new OutcomeGroup.CountRange(0, 0)
                    : new OutcomeGroup.CountRange(1 << (bin - 1), (int) Math.min(Integer.MAX_VALUE, (1L << bin) - 1));
        }
    }
}

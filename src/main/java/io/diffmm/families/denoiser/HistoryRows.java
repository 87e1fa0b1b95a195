package io.diffmm.families.denoiser;

import io.diffmm.diffusion.SparseRows;
import io.diffmm.families.denoiser.DenoiserSettings.Objective;
import io.diffmm.model.Recency;
import java.util.List;

/// Conversion of histories to the input rows of a denoiser, the same in training and in serving.
///
/// For reconstruction a row contains the weights of the interactions; for the other objectives it contains them divided
/// by their sum, times `row-sum`, so that a part of a history weighs as much as the whole.
///
/// @param items I
/// @param objective training objective of the denoiser
/// @param sum sum of a row; ignored for reconstruction
/// @param temporal weights by the order in time
public record HistoryRows(int items, Objective objective, double sum, TemporalWeights temporal) {

    /// Returns the conversion of a denoiser.
    public static HistoryRows of(int items, DenoiserSettings settings, TemporalWeights temporal) {
        return new HistoryRows(items, settings.objective(), settings.rowSum(), temporal);
    }

    /// Returns the conversion of target items, with equal weights.
    ///
    /// @param total sum of a row
    public HistoryRows targets(double total) {
        return new HistoryRows(items, objective, total, TemporalWeights.NONE);
    }

    /// Converts histories.
    ///
    /// @param histories oldest item first
    /// @return `[B, I]`
    public SparseRows of(List<int[]> histories) {
        return of(histories, Recency.NONE);
    }

    /// Converts histories with recency weights on top of the temporal ones.
    ///
    /// @param histories oldest item first
    /// @return `[B, I]`
    public SparseRows of(List<int[]> histories, Recency recency) {
        return SparseRows.clicks(items, histories).weighted(this::weights).weighted(recency::weights);
    }

    private double[] weights(int length) {
        double[] weights = temporal.weights(length);
        if (objective == Objective.RECONSTRUCTION) {
            return weights;
        }
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        for (int at = 0; at < length; at++) {
            weights[at] *= sum / total;
        }
        return weights;
    }
}

package io.diffmm.model.denoiser;

import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.Recency;
import java.util.List;

/// Histories as a denoiser takes them, in training and in serving.
///
/// For reconstruction a row holds the interactions' weights; for the other objectives it holds them divided
/// by their sum, times `row-sum`, so that a part of a history weighs as much as the whole.
///
/// @param items I
/// @param objective what the denoiser is trained for
/// @param sum what a row sums to, if not for reconstruction
/// @param temporal the weights, by the order in time
public record HistoryRows(int items, Objective objective, double sum, TemporalWeights temporal) {

    /// The rows of a denoiser.
    public static HistoryRows of(int items, DenoiserSettings settings, TemporalWeights temporal) {
        return new HistoryRows(items, settings.objective(), settings.rowSum(), temporal);
    }

    /// The rows that a denoiser is to predict where it is asked for a part of a history: all items weigh the same.
    ///
    /// @param total what they sum to
    public HistoryRows wanted(double total) {
        return new HistoryRows(items, objective, total, TemporalWeights.NONE);
    }

    /// The rows of histories.
    ///
    /// @param histories oldest item first
    /// @return `[B, I]`
    public SparseRows of(List<int[]> histories) {
        return of(histories, Recency.NONE);
    }

    /// The rows of histories whose recent interactions count more than they do in training.
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

package io.diffmm.families.denoiser;

import ai.djl.ndarray.NDList;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.diffusion.StepEmbedding;
import io.diffmm.families.denoiser.DenoiserSettings.Feedback;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/// Passes of a denoiser with feedback as a dense loop over all items, in float64 and plain Java.
public final class FeedbackOracle {

    private final List<double[]> parameters;
    private final DenoiserSettings settings;
    private final HistoryRows rows;

    /// @param denoiser in the order of `Denoiser#parameters`
    public FeedbackOracle(NDList denoiser, DenoiserSettings settings, TemporalWeights temporal) {
        this.parameters = denoiser.stream()
                .map(array -> DenoiserOracle.doubles(array.toFloatArray()))
                .toList();
        this.settings = settings;
        this.rows = HistoryRows.of((int) denoiser.getFirst().getShape().get(0), settings, temporal);
    }

    /// Computes the last row of a user, `[I]`.
    public double[] scores(int[] history) {
        double[] own = own(history);
        double[] row = own;
        for (int pass = 1; pass < settings.steps() && history.length < own.length; pass++) {
            double[] fed = softmax(predicted(row), own);
            double[] next = new double[own.length];
            for (int item = 0; item < own.length; item++) {
                double share = feedback().share();
                next[item] = (1 - share) * own[item] + share * settings.rowSum() * fed[item];
            }
            row = next;
        }
        return predicted(row);
    }

    /// Returns all items, best first.
    public static int[] order(double[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(item -> -scores[item]))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private Feedback feedback() {
        return settings.feedback().orElseThrow();
    }

    private double[] predicted(double[] row) {
        float[] sinusoid = new StepEmbedding(settings.stepEmbedding()).of(1);
        return DenoiserOracle.predicted(parameters, row, DenoiserOracle.doubles(sinusoid));
    }

    private double[] own(int[] history) {
        SparseRows sparse = rows.of(List.of(history));
        double[] own = new double[rows.items()];
        for (int at = 0; at < history.length; at++) {
            own[history[at]] = sparse.values().getFirst()[at];
        }
        return own;
    }

    /// Softmax over the leading items without those of the history; scores are float32, as in a ranking.
    private double[] softmax(double[] logits, double[] own) {
        int[] best = IntStream.of(order(logits))
                .filter(item -> own[item] == 0)
                .limit(feedback().items())
                .toArray();
        double[] softmax = new double[logits.length];
        double total = IntStream.of(best)
                .mapToDouble(item -> Math.exp((float) logits[item]))
                .sum();
        IntStream.of(best).forEach(item -> softmax[item] = Math.exp((float) logits[item]) / total);
        return softmax;
    }
}

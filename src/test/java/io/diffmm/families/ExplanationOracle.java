package io.diffmm.families;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Explanation.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Expected explanation of all items, from plain scores of the history and of every shorter one, up to the rounding of
/// float32.
final class ExplanationOracle {

    private static final double ROUNDING = 1e-5;

    private final BlendedRecommender model;
    private final double[] whole; // [I]
    private final Map<Integer, double[]> without = new TreeMap<>(); // by the item left out, [I]

    ExplanationOracle(BlendedRecommender model, UserHistory history) {
        this.model = model;
        this.whole = scores(history);
        for (int left : history.items()) {
            int[] others =
                    IntStream.of(history.items()).filter(item -> item != left).toArray();
            without.put(left, scores(new UserHistory(history.user(), others)));
        }
    }

    private double[] scores(UserHistory history) {
        int[] all = IntStream.range(0, model.itemCount()).toArray();
        return model.scores(List.of(history), List.of(all)).getFirst();
    }

    /// Fails unless the explanations, one for each item in order, are right, and their changes exceed rounding.
    void check(List<Explanation> explanations) {
        assertThat(explanations).hasSameSizeAs(whole);
        assertThat(explanations)
                .flatExtracting(Explanation::reasons)
                .anyMatch(reason -> reason.change() > 100 * ROUNDING);
        for (int item = 0; item < whole.length; item++) {
            checkParts(explanations.get(item), whole[item]);
            checkReasons(explanations.get(item).reasons(), item);
        }
    }

    private void checkParts(Explanation explanation, double score) {
        double sum = explanation.parts().values().stream()
                .mapToDouble(Double::doubleValue)
                .sum();
        assertThat(explanation.parts().keySet())
                .containsExactlyInAnyOrderElementsOf(model.blend().views().keySet().stream()
                        .map(Scorer::base)
                        .distinct()
                        .toList());
        assertThat(explanation.score()).isCloseTo(score, within(rounding(score)));
        assertThat(sum).isCloseTo(explanation.score(), within(1e-9 * Math.max(1, Math.abs(score))));
    }

    private void checkReasons(List<Reason> reasons, int item) {
        double rounding = rounding(whole[item]);
        Map<Integer, Double> changes = new TreeMap<>();
        without.forEach((left, scores) -> changes.put(left, whole[item] - scores[item]));
        assertThat(reasons)
                .isSortedAccordingTo(Comparator.comparingDouble(Reason::change).reversed());
        reasons.forEach(
                reason -> assertThat(reason.change()).isCloseTo(changes.remove(reason.item()), within(rounding)));
        double least = reasons.size() < 3 ? 0 : reasons.getLast().change();
        assertThat(changes.values()).allMatch(change -> change <= least + rounding);
    }

    private static double rounding(double score) {
        return ROUNDING * Math.max(1, Math.abs(score));
    }
}

package io.diffmm.training.search;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.training.search.Trials.Trial;
import io.diffmm.training.search.Trials.Trial.Ending;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrialsTest {

    private final Trials trials = new Trials();

    @Test
    void prunes_belowMedianOfThreeEarlierTrials() {
        add(curve(.1, .4), .4);
        add(curve(.2), .2);
        assertThat(trials.prunes(curve(.05))).isFalse(); // needs three
        add(curve(.3, .1), .3);

        assertThat(trials.prunes(curve())).isFalse();
        assertThat(trials.prunes(curve(.19))).isTrue();
        assertThat(trials.prunes(curve(.2))).isFalse();
        assertThat(trials.prunes(curve(.1, .1))).isFalse(); // only two reached that epoch
    }

    @Test
    void prunes_comparesBestScoresSoFar() {
        add(curve(.5, .1), .5);
        add(curve(.1, .3), .3);
        add(curve(.2, .2), .2);
        add(curve(.4, .9), .9);

        // after two epochs they had .5 .3 .2 .9: the median is .4
        assertThat(trials.prunes(curve(.39, .1))).isTrue();
        assertThat(trials.prunes(curve(.41, .1))).isFalse();
    }

    @Test
    void best_returnsFirstOfHighestScores() {
        assertThat(trials.best()).isEmpty();
        trials.add(trial(1, OptionalDouble.empty(), Ending.FAILED, 1));
        assertThat(trials.best()).isEmpty();
        trials.add(trial(2, OptionalDouble.of(.2), Ending.FINISHED, 10));
        trials.add(trial(3, OptionalDouble.of(.3), Ending.OUT_OF_TIME, 20));
        trials.add(trial(4, OptionalDouble.of(.3), Ending.FINISHED, 40));

        assertThat(trials.best()).map(Trial::number).contains(3);
    }

    @Test
    void medianSeconds_ignoresFailures() {
        assertThat(trials.medianSeconds()).isEmpty();
        trials.add(trial(1, OptionalDouble.empty(), Ending.FAILED, 1));
        assertThat(trials.medianSeconds()).isEmpty();
        trials.add(trial(2, OptionalDouble.of(.2), Ending.FINISHED, 10));
        trials.add(trial(3, OptionalDouble.empty(), Ending.PRUNED, 4));

        assertThat(trials.medianSeconds()).hasValue(7);
    }

    @Test
    void line_containsResultAndChanges() {
        assertThat(trial(1, OptionalDouble.of(.25), Ending.FINISHED, 3).line())
                .isEqualTo("trial 1: valid ndcg@20 0.2500  2 epochs  3.0 s  layers 2, diffusion.hidden [600]");
        assertThat(trial(2, OptionalDouble.empty(), Ending.PRUNED, 3).line()).startsWith("trial 2: pruned  2 epochs");
        Trial failed = new Trial(
                3, Map.of(), List.of(), OptionalDouble.empty(), 0, Ending.FAILED, Optional.of("layers is -1"));
        assertThat(failed.line()).isEqualTo("trial 3: failed (layers is -1)  0 epochs  0.0 s  settings as given");
    }

    @Test
    void prunes_comparesScoresUpToSameEpoch() {
        add(List.of(new Trial.Point(2, .1), new Trial.Point(4, .9)), .9); // measured every second epoch
        add(List.of(new Trial.Point(2, .2), new Trial.Point(4, .9)), .9);
        add(List.of(new Trial.Point(2, .3), new Trial.Point(4, .9)), .9);

        assertThat(trials.prunes(curve(.1, .19))).isTrue();
        assertThat(trials.prunes(curve(.1, .21))).isFalse();
        assertThat(trials.prunes(curve(.01))).isFalse(); // nothing was measured so early
    }

    /// Returns a curve with scores after the first epochs.
    private static List<Trial.Point> curve(double... scores) {
        return IntStream.range(0, scores.length)
                .mapToObj(at -> new Trial.Point(at + 1, scores[at]))
                .toList();
    }

    private void add(List<Trial.Point> curve, double score) {
        int number = trials.all().size() + 1;
        trials.add(new Trial(number, Map.of(), curve, OptionalDouble.of(score), 1, Ending.FINISHED, Optional.empty()));
    }

    private static Trial trial(int number, OptionalDouble score, Ending ending, double seconds) {
        Map<String, Object> changes = new LinkedHashMap<>();
        changes.put("layers", 2);
        changes.put("diffusion.hidden", List.of(600));
        return new Trial(number, changes, curve(.1, .2), score, seconds, ending, Optional.empty());
    }
}

package io.diffmm.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Evaluator.Evaluation;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class EvaluatorTest {

    private static final HeldOut TWO_USERS = new HeldOut(
            List.of(
                    new HeldOutUser(OptionalInt.of(0), "a", new int[] {2}),
                    new HeldOutUser(OptionalInt.empty(), "b", new int[] {0, 3})),
            0,
            0,
            0);

    @Test
    void evaluate_averagesOverUsers_withoutExcludedItems() {
        // Scores rank 3, 2, 1, 0. User a: 3 is excluded, so 2 is first, a hit. User b: 3 is first, one hit of two.
        Evaluator evaluator = new Evaluator(
                TWO_USERS, user -> Evaluator.bits(user.id().equals("a") ? new int[] {3} : new int[0]), List.of(2, 1));

        Evaluation evaluation = evaluator.evaluate(new PopularityRanker(new int[] {1, 2, 3, 4}));

        assertThat(evaluation.users()).isEqualTo(2);
        assertThat(evaluation.metrics().keySet())
                .containsExactly("recall@1", "precision@1", "ndcg@1", "recall@2", "precision@2", "ndcg@2");
        assertThat(evaluation.metrics().get("recall@1")).isCloseTo((1 + 0.5) / 2, within(1e-15));
        assertThat(evaluation.metrics().get("precision@2")).isCloseTo(0.5, within(1e-15));
        assertThat(evaluation.metrics().get("ndcg@1")).isCloseTo(1, within(1e-15));
    }

    @Test
    void evaluator_withoutUsersOrWithInvalidCutoff_isRejected() {
        HeldOut empty = new HeldOut(List.of(), 0, 0, 0);

        assertThatThrownBy(() -> new Evaluator(empty, _ -> new BitSet(), List.of(20)))
                .hasMessageContaining("nothing to evaluate");
        assertThatThrownBy(() -> new Evaluator(TWO_USERS, _ -> new BitSet(), List.of(0)))
                .hasMessageContaining("[0]");
    }
}

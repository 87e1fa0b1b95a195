package io.diffmm.training;

import io.diffmm.artifacts.GateRecord;
import io.diffmm.artifacts.Manifest.GateRecord;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.training.report.Verdict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class GateTest {

    private static final Gate.Standard CURRENT = new Gate.Standard.Reached("v7", 0.050);

    private final Gate gate = new Gate(new GateSettings(0.002, false));

    @Test
    void better_orWithinTheTolerance_isPublished() {
        for (double ndcg : new double[] {0.06, 0.05, 0.0485}) {
            Verdict verdict = gate.judge(ndcg, 0.01, CURRENT);

            assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
            assertThat(Gate.record(verdict)).isEqualTo(new GateRecord(true, false, 0.002, List.of()));
        }
    }

    @Test
    void worse_isNotPublished_andSaysBothFiguresAndTheTolerance() {
        Verdict verdict = gate.judge(0.0412, 0.01, CURRENT);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
        assertThat(verdict.reasons()).singleElement().asString().contains("0.0412", "0.0500", "0.002", "v7");
    }

    @Test
    void notBetterThanPopularity_isNotPublished() {
        for (double ndcg : new double[] {0.01, 0.009}) {
            assertThat(gate.judge(ndcg, 0.01, new Gate.Standard.None()).reasons())
                    .singleElement()
                    .asString()
                    .contains("popularity's 0.0100");
        }
        assertThat(gate.judge(0.011, 0.01, new Gate.Standard.None()).outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
    }

    @Test
    void currentThatCannotBeMeasured_isNotReplaced() {
        Verdict verdict = gate.judge(0.9, 0.01, new Gate.Standard.Unknown("weights are damaged"));

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
        assertThat(verdict.reasons()).singleElement().asString().contains("weights are damaged");
    }

    @Test
    void force_publishesAllTheSame_andRecordsIt() {
        Gate forced = new Gate(new GateSettings(0.002, true));

        Verdict verdict = forced.judge(0.001, 0.01, CURRENT);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.FORCED);
        assertThat(Gate.record(verdict).forced()).isTrue();
        assertThat(Gate.record(verdict).reasons()).hasSize(2);
        assertThat(forced.judge(0.06, 0.01, CURRENT).outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
    }

    @Test
    void tolerance_mustBeANumberThatIsNotNegative() {
        assertThat(GateSettings.usual()).isEqualTo(new GateSettings(0.002, false));
        for (double tolerance : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new GateSettings(tolerance, false))
                    .hasMessageContaining(String.valueOf(tolerance));
        }
    }
}

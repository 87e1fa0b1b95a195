package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Manifest.GateRecord;
import io.diffmm.report.Comparison;
import io.diffmm.report.Comparison.ComparedRanking;
import io.diffmm.report.MeasuredRanking.RankingRole;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QualityGateTest {

    private static final CurrentVersion CURRENT = new CurrentVersion.Measured(new Comparison(
            "v7",
            Instant.EPOCH,
            true,
            List.of(new ComparedRanking("blend", RankingRole.BLEND, Map.of(), Map.of("ndcg@20", 0.050), Map.of()))));

    private final QualityGate gate = new QualityGate(new GateSettings(0.002, false));

    @Test
    void judge_betterOrWithinTheTolerance_publishes() {
        for (double ndcg : new double[] {0.06, 0.05, 0.0485}) {
            Verdict verdict = gate.judge(ndcg, 0.01, CURRENT);

            assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
            assertThat(QualityGate.record(verdict)).isEqualTo(new GateRecord(true, false, 0.002, List.of()));
        }
    }

    @Test
    void judge_worse_rejectsWithBothFiguresAndTheTolerance() {
        Verdict verdict = gate.judge(0.0412, 0.01, CURRENT);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
        assertThat(verdict.reasons()).singleElement().asString().contains("0.0412", "0.0500", "0.002", "v7");
    }

    @Test
    void judge_notBetterThanPopularity_rejects() {
        for (double ndcg : new double[] {0.01, 0.009}) {
            assertThat(gate.judge(ndcg, 0.01, new CurrentVersion.None()).reasons())
                    .singleElement()
                    .asString()
                    .contains("popularity's 0.0100");
        }
        assertThat(gate.judge(0.011, 0.01, new CurrentVersion.None()).outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
    }

    @Test
    void judge_currentVersionUnusable_rejects() {
        Verdict verdict = gate.judge(0.9, 0.01, new CurrentVersion.Unusable("weights are damaged"));

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
        assertThat(verdict.reasons()).singleElement().asString().contains("weights are damaged");
    }

    @Test
    void judge_forced_publishesAndRecordsForce() {
        QualityGate forced = new QualityGate(new GateSettings(0.002, true));

        Verdict verdict = forced.judge(0.001, 0.01, CURRENT);

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.FORCED);
        assertThat(QualityGate.record(verdict).forced()).isTrue();
        assertThat(QualityGate.record(verdict).reasons()).hasSize(2);
        assertThat(forced.judge(0.06, 0.01, CURRENT).outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
    }

    @Test
    void tolerance_negativeOrNotFinite_isRejected() {
        assertThat(GateSettings.defaults()).isEqualTo(new GateSettings(0.002, false));
        for (double tolerance : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new GateSettings(tolerance, false))
                    .hasMessageContaining(String.valueOf(tolerance));
        }
    }
}

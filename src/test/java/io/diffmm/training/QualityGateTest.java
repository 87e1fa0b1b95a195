package io.diffmm.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.diffmm.artifacts.GateRecord;
import io.diffmm.artifacts.GateRecord.ComparedNdcg;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.report.Comparison;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.training.QualityGate.Evidence;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class QualityGateTest {

    private static final int USERS = 1_000;

    private final QualityGate gate = new QualityGate(new GateSettings(0.002, false));

    @Test
    void judge_clearlyAbovePopularity_publishesWithTheFigures() {
        Verdict verdict = gate.judge(evidence(hits(100), hits(50), 1), new CurrentVersion.None());

        GateRecord record = QualityGate.record(verdict);
        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.PUBLISHED);
        assertThat(record.passed()).isTrue();
        assertThat(record.notes()).isEmpty();
        assertThat(record.current()).isEmpty();
        // 50 of 1,000 differences are 1, and a 0 is added: squares 47.5 + .05^2 1000/1001, t quantile 1.9623
        double error = Math.sqrt(47.5 + 0.05 * 0.05 * 1000 / 1001) / 1000;
        assertThat(record.popularity()).hasValueSatisfying(compared -> {
            assertThat(compared.model()).isEqualTo(0.1);
            assertThat(compared.other()).isEqualTo(0.05);
            assertThat(compared.low()).isCloseTo(0.05 - 1.9623 * error, within(1e-6));
            assertThat(compared.high()).isCloseTo(0.05 + 1.9623 * error, within(1e-6));
            assertThat(compared.confidence()).isEqualTo(0.95);
        });
    }

    @Test
    void judge_notClearlyAbovePopularity_rejectsWithFiguresAndInterval() {
        for (int more : new int[] {-10, 0, 3}) {
            Verdict verdict = gate.judge(evidence(hits(50 + more), hits(50), 1), new CurrentVersion.None());

            assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
            assertThat(verdict.reasons())
                    .singleElement()
                    .asString()
                    .contains("0.0500", "%+.4f".formatted(more / 1000.0), "95.00 % interval", "held-out");
        }
    }

    @Test
    void judge_severalEpochs_needsMoreEvidence() {
        Evidence once = evidence(hits(56), hits(50), 1);
        Evidence often = evidence(hits(56), hits(50), 50);

        assertThat(gate.judge(once, new CurrentVersion.None()).reasons()).isEmpty();
        assertThat(gate.judge(often, new CurrentVersion.None()).reasons())
                .singleElement()
                .asString()
                .contains("99.90 % interval", "best of 50 measured epochs");
    }

    @Test
    void judge_againstCurrentVersion_rejectsOnlyALossAboveToleranceThatIsNotChance() {
        Evidence model = evidence(hits(200), hits(50), 1);

        assertThat(gate.judge(model, current(hits(150))).reasons()).isEmpty();
        assertThat(gate.judge(model, current(hits(202))).reasons()).isEmpty(); // within the tolerance
        assertThat(gate.judge(model, current(user -> user >= 10 && user < 213)).reasons())
                .isEmpty(); // 13 better, 10 worse: chance
        Verdict worse = gate.judge(model, current(hits(212)));
        assertThat(worse.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
        assertThat(worse.reasons())
                .singleElement()
                .asString()
                .contains("0.2000", "v7 reaches 0.2120", "-0.0120", "95.00 % interval", "tolerance of 0.002");
        assertThat(QualityGate.record(worse).current()).map(ComparedNdcg::other).hasValue(0.212);
    }

    /// The blend of a version trained on the same data was fitted to the same users.
    @Test
    void judge_sameModelOnSameData_publishes() {
        Evidence again = new Evidence(outcomes(hits(180)), outcomes(hits(200)), outcomes(hits(50)), 1, List.of());

        assertThat(gate.judge(again, current(hits(200))).reasons()).isEmpty();
        assertThat(gate.judge(again, current(hits(200), false)).reasons())
                .singleElement()
                .asString()
                .contains("0.1800 out of fold", "v7 reaches 0.2000");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void judge_chance_isPublishedRarely(long seed) {
        var random = new SplittableRandom(seed);
        int published = 0;
        for (int trial = 0; trial < 100; trial++) {
            boolean[] model = draws(random);
            boolean[] popularity = draws(random);
            Evidence evidence = evidence(user -> model[user], user -> popularity[user], 1);
            published +=
                    gate.judge(evidence, new CurrentVersion.None()).reasons().isEmpty() ? 1 : 0;
        }

        assertThat(published).isLessThan(10); // 2.5 expected; ten or more have a probability of .0004
    }

    private static boolean[] draws(SplittableRandom random) {
        boolean[] hits = new boolean[USERS];
        IntStream.range(0, USERS).forEach(user -> hits[user] = random.nextInt(20) == 0);
        return hits;
    }

    @Test
    void judge_currentVersionUnusable_rejects() {
        Verdict verdict =
                gate.judge(evidence(hits(900), hits(50), 1), new CurrentVersion.Unusable("weights are damaged"));

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.UNPUBLISHED);
        assertThat(verdict.reasons()).singleElement().asString().contains("weights are damaged");
    }

    @Test
    void judge_forced_publishesAndRecordsForceAndNotes() {
        QualityGate forced = new QualityGate(new GateSettings(0.002, true));
        Evidence evidence =
                new Evidence(outcomes(hits(10)), outcomes(hits(10)), outcomes(hits(50)), 1, List.of("no weight"));

        Verdict verdict = forced.judge(evidence, current(hits(300)));

        assertThat(verdict.outcome()).isEqualTo(Verdict.Outcome.FORCED);
        assertThat(QualityGate.record(verdict).forced()).isTrue();
        assertThat(QualityGate.record(verdict).reasons()).hasSize(2);
        assertThat(QualityGate.record(verdict).notes()).containsExactly("no weight");
        assertThat(forced.judge(evidence(hits(300), hits(50), 1), current(hits(50)))
                        .outcome())
                .isEqualTo(Verdict.Outcome.PUBLISHED);
    }

    @Test
    void tolerance_negativeOrNotFinite_isRejected() {
        assertThat(GateSettings.defaults()).isEqualTo(new GateSettings(0.002, false));
        for (double tolerance : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new GateSettings(tolerance, false))
                    .hasMessageContaining(String.valueOf(tolerance));
        }
    }

    private static IntPredicate hits(int users) {
        return user -> user < users;
    }

    private static Evidence evidence(IntPredicate model, IntPredicate popularity, int epochs) {
        return new Evidence(outcomes(model), outcomes(model), outcomes(popularity), epochs, List.of());
    }

    private static CurrentVersion current(IntPredicate hits) {
        return current(hits, true);
    }

    private static CurrentVersion current(IntPredicate hits, boolean sameData) {
        return new CurrentVersion.Measured(new Comparison("v7", Instant.EPOCH, sameData, List.of()), outcomes(hits));
    }

    /// Returns lists whose NDCG@20 is 1 for users that `hits` accepts, and 0 for all others.
    private static List<UserOutcome> outcomes(IntPredicate hits) {
        return IntStream.range(0, USERS)
                .mapToObj(user ->
                        new UserOutcome(new HeldOutUser(OptionalInt.of(user), "u" + user, new int[] {7}), 3, new int[] {
                            hits.test(user) ? 7 : 8
                        }))
                .toList();
    }
}

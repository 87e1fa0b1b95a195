package io.diffmm.report;

import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.report.BlendSelection.Regret;
import io.diffmm.report.BlendSelection.Removal;
import io.diffmm.report.Comparison.ComparedRanking;
import io.diffmm.report.DatasetSummary.Histogram;
import io.diffmm.report.MeasuredRanking.RankingRole;
import io.diffmm.report.TrainingReport.BlendSummary;
import io.diffmm.report.TrainingReport.CurvePoint;
import io.diffmm.report.TrainingReport.Provenance;
import io.diffmm.report.TrainingReport.SeedSummary;
import io.diffmm.report.TrainingReport.StageCost;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.report.TrainingReport.Verdict.GateComparison;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/// Training reports with random numbers.
public final class Reports {

    private static final int ITEMS = 60;
    private static final int USERS = 300;
    private static final int[] POPULARITY =
            IntStream.range(0, ITEMS).map(item -> 3 + 400 / (1 + item)).toArray();

    private Reports() {}

    /// Returns a report in which every free text is `text`.
    static TrainingReport with(String text) {
        List<MeasuredRanking> rankings = List.of(
                ranking("blend", RankingRole.BLEND, 0.5),
                ranking("view " + text, RankingRole.VIEW, 0.4),
                ranking("popularity", RankingRole.BASELINE, 0.2),
                ranking("EASE", RankingRole.BASELINE, 0.35));
        Comparison comparison = new Comparison(
                text,
                Instant.parse("2026-03-04T12:00:01Z"),
                true,
                List.of(
                        ComparedRanking.of(
                                "blend", RankingRole.BLEND, Map.of("ndcg@20", 0.4), outcomes(0.45), outcomes(0.5), 1),
                        ComparedRanking.stored("popularity", RankingRole.BASELINE, Map.of("ndcg@20", 0.2))));
        return report(text, rankings, Optional.of(comparison));
    }

    /// Returns the report of a first training run: one ranking and no comparison.
    static TrainingReport small() {
        return report("shop", List.of(ranking("blend", RankingRole.BLEND, 0.5)), Optional.empty());
    }

    private static List<SeedSummary> seeds(int count) {
        return IntStream.range(0, count)
                .mapToObj(at -> new SeedSummary(421 + at, 5, 3 + at, Map.of("ndcg@20", 0.25 + at), at < 2))
                .toList();
    }

    private static TrainingReport report(String text, List<MeasuredRanking> rankings, Optional<Comparison> comparison) {
        Map<String, Object> settings = new LinkedHashMap<>();
        settings.put("layers", 2);
        settings.put("diffusion", Map.of("hidden", List.of(600), text, text));
        return new TrainingReport(
                TrainingReport.FORMAT_VERSION,
                new Provenance(
                        text,
                        "diffmm",
                        List.of("l-diffrec"),
                        421,
                        "cpu",
                        "0.1.0",
                        "0123abc",
                        Instant.parse("2026-03-05T12:00:01Z")),
                new Verdict(
                        comparison.isPresent() ? Verdict.Outcome.FORCED : Verdict.Outcome.PUBLISHED,
                        0.002,
                        comparison.isPresent() ? List.of("NDCG@20 is " + text) : List.of(),
                        comparison.isPresent() ? List.of("no weight: " + text) : List.of(),
                        List.of(new GateComparison(text, 0.44, 0.2, new Estimate(0.24, 0.2, 0.28), 0.999))),
                dataset(text),
                curve(),
                3,
                seeds(comparison.isPresent() ? 3 : 1),
                rankings,
                blending(text, comparison.isPresent()),
                List.of("EASE was left out: " + text),
                comparison,
                List.of(
                        new StageCost("read", 0.7, OptionalLong.of(300 << 20)),
                        new StageCost("train", 61.25, OptionalLong.empty())),
                settings);
    }

    private static BlendSummary blending(String text, boolean full) {
        Map<String, Estimate> costs =
                Map.of("ndcg@20", new Estimate(0.011, 0.004, 0.019), "recall@20", new Estimate(0.02, -0.01, 0.05));
        return new BlendSummary(
                "walk+" + text,
                "diffmm: " + text,
                List.of(
                        new BlendSummary.BlendedView("view " + text, 2.5, 0.1, 3, Optional.empty()),
                        new BlendSummary.BlendedView("linear", 1.5, 1, 0, Optional.of(3e-4))),
                Map.of("ndcg@20", new Estimate(0.44, 0.4, 0.48), "recall@20", new Estimate(0.6, 0.5, 0.7)),
                new BlendSelection(
                        USERS,
                        full ? 120 : 0,
                        0.45,
                        full ? Optional.of(0.31) : Optional.empty(),
                        0.43,
                        full ? Optional.of(new Regret(0.0013, 100)) : Optional.empty(),
                        full ? List.of(new Removal("view " + text, costs, costs)) : List.of()));
    }

    private static DatasetSummary dataset(String text) {
        return new DatasetSummary(
                "f".repeat(64),
                new DatasetCounts(USERS, ITEMS, 4_000, 500, 1, 2, 3, 4, 5),
                List.of("visual", text),
                0.9987,
                Histogram.of(new int[] {1, 2, 2, 3, 5, 9, 40}),
                Histogram.of(POPULARITY));
    }

    private static List<CurvePoint> curve() {
        List<CurvePoint> curve = new ArrayList<>();
        for (int epoch = 1; epoch <= 8; epoch++) {
            Map<String, Double> losses = new LinkedHashMap<>();
            losses.put("diffusion", 276.0 / epoch);
            losses.put("recommendation", 0.8 / epoch);
            double score = 0.05 - 0.002 * Math.abs(epoch - 3);
            curve.add(new CurvePoint(epoch, losses, Map.of("recall@20", 2 * score, "ndcg@20", score), 2.5));
        }
        return curve;
    }

    private static MeasuredRanking ranking(String name, RankingRole role, double skill) {
        return MeasuredRanking.of(name, role, outcomes(skill), POPULARITY, 7);
    }

    /// Returns outcomes of users with one held-out item that is among the first 20 with probability `skill`.
    private static List<UserOutcome> outcomes(double skill) {
        var random = new SplittableRandom(11);
        List<UserOutcome> outcomes = new ArrayList<>();
        for (int row = 0; row < USERS; row++) {
            int relevant = random.nextInt(ITEMS);
            int first =
                    random.nextDouble() < skill ? Math.floorMod(relevant - random.nextInt(20), ITEMS) : relevant + 1;
            int[] ranked =
                    IntStream.range(0, 20).map(rank -> (first + rank) % ITEMS).toArray();
            HeldOutUser user = new HeldOutUser(OptionalInt.of(row), "u" + row, new int[] {relevant});
            outcomes.add(new UserOutcome(user, 1 + random.nextInt(30), ranked));
        }
        return outcomes;
    }
}

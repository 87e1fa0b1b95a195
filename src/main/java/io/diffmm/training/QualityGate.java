package io.diffmm.training;

import io.diffmm.artifacts.GateRecord;
import io.diffmm.artifacts.GateRecord.ComparedNdcg;
import io.diffmm.evaluation.Estimate;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.Metric;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.report.TrainingReport.Verdict.GateComparison;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;

/// Decides whether a model becomes current, by the NDCG@20 of its lists on `valid`, each from a blend
/// that is fitted without the list's user.
///
/// - Against popularity, the lower end of the interval of the paired difference must be above zero. Its
///   level accounts for the choice of the best of several epochs: 5 % is divided by their number
///   (Bonferroni).
/// - Against the current version, the mean difference must not be below zero by more than the
///   tolerance, unless the 95 % interval contains zero: then the loss may be chance. If that version
///   was trained on the same data,
/// its
///   blend was fitted to the same users, and the lists of both models are those that they serve.
public final class QualityGate {

    static final String METRIC = "ndcg@20";

    private static final Metric NDCG = new Metric(Metric.Measure.NDCG, 20);

    /// Probability of an interval that does not contain the mean.
    private static final double ERROR = 0.05;

    private final GateSettings settings;

    QualityGate(GateSettings settings) {
        this.settings = settings;
    }

    /// Evidence on a model.
    ///
    /// @param model lists of its blend, out of fold
    /// @param served lists of the blend that it serves, which is fitted to all users
    /// @param popularity lists of the popularity baseline for the same users
    /// @param epochs number of epochs that the best was chosen from
    /// @param notes remarks that do not decide
    record Evidence(
            List<UserOutcome> model,
            List<UserOutcome> served,
            List<UserOutcome> popularity,
            int epochs,
            List<String> notes) {

        Evidence {
            model = List.copyOf(model);
            served = List.copyOf(served);
            popularity = List.copyOf(popularity);
            notes = List.copyOf(notes);
        }

        private GateComparison withPopularity() {
            return compared("popularity", model, popularity, 1 - ERROR / epochs);
        }

        private GateComparison with(CurrentVersion.Measured current) {
            List<UserOutcome> own = current.comparison().sameData() ? served : model;
            return compared(current.version(), own, current.outcomes(), 1 - ERROR);
        }

        private static GateComparison compared(
                String name, List<UserOutcome> outcomes, List<UserOutcome> others, double confidence) {
            double[] own = values(outcomes);
            double[] other = values(others);
            double[] differences = IntStream.range(0, own.length)
                    .mapToDouble(user -> own[user] - other[user])
                    .toArray();
            return new GateComparison(
                    name, mean(own), mean(other), Estimate.student(differences, confidence), confidence);
        }

        private static double[] values(List<UserOutcome> outcomes) {
            return outcomes.stream().mapToDouble(outcome -> outcome.value(NDCG)).toArray();
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).average().orElse(0);
        }
    }

    /// Decides on a model.
    Verdict judge(Evidence evidence, CurrentVersion current) {
        List<String> reasons = new ArrayList<>();
        List<GateComparison> comparisons = new ArrayList<>();
        comparisons.add(evidence.withPopularity());
        if (comparisons.getFirst().difference().low() <= 0) {
            reasons.add(notAbovePopularity(comparisons.getFirst(), evidence.epochs()));
        }
        switch (current) {
            case CurrentVersion.None() -> {}
            case CurrentVersion.Unusable(String reason) ->
                reasons.add("The current version could not be measured: %s.".formatted(reason));
            case CurrentVersion.Measured measured -> {
                comparisons.add(evidence.with(measured));
                if (isWorse(comparisons.getLast().difference())) {
                    reasons.add(
                            worse(comparisons.getLast(), measured.comparison().sameData()));
                }
            }
        }
        return new Verdict(outcome(reasons), settings.tolerance(), reasons, evidence.notes(), comparisons);
    }

    private boolean isWorse(Estimate difference) {
        return difference.value() < -settings.tolerance() && difference.high() < 0;
    }

    private static String notAbovePopularity(GateComparison compared, int epochs) {
        return String.format(
                Locale.ROOT,
                "NDCG@20 on valid is %.4f out of fold, popularity's %.4f: the difference %s, whose lower end is not above zero (confidence for the best of %d measured epochs). A smaller difference may be chance; more held-out interactions narrow the interval.",
                compared.modelNdcg(),
                compared.otherNdcg(),
                interval(compared),
                epochs);
    }

    private String worse(GateComparison compared, boolean sameData) {
        return String.format(
                Locale.ROOT,
                "NDCG@20 on valid is %.4f%s, the current version %s reaches %.4f: the difference %s, a loss by more than the tolerance of %s that is not chance.",
                compared.modelNdcg(),
                sameData ? "" : " out of fold",
                compared.other(),
                compared.otherNdcg(),
                interval(compared),
                settings.tolerance());
    }

    private static String interval(GateComparison compared) {
        Estimate difference = compared.difference();
        return String.format(
                Locale.ROOT,
                "%+.4f has the %.2f %% interval %+.4f to %+.4f",
                difference.value(),
                100 * compared.confidence(),
                difference.low(),
                difference.high());
    }

    private Verdict.Outcome outcome(List<String> reasons) {
        if (reasons.isEmpty()) {
            return Verdict.Outcome.PUBLISHED;
        }
        return settings.force() ? Verdict.Outcome.FORCED : Verdict.Outcome.UNPUBLISHED;
    }

    /// Converts a verdict to the form of a manifest.
    static GateRecord record(Verdict verdict) {
        return new GateRecord(
                verdict.outcome() == Verdict.Outcome.PUBLISHED,
                verdict.outcome() == Verdict.Outcome.FORCED,
                verdict.tolerance(),
                verdict.reasons(),
                verdict.notes(),
                compared(verdict, 0),
                compared(verdict, 1));
    }

    private static Optional<ComparedNdcg> compared(Verdict verdict, int at) {
        return verdict.comparisons().stream()
                .skip(at)
                .findFirst()
                .map(compared -> new ComparedNdcg(
                        compared.modelNdcg(),
                        compared.otherNdcg(),
                        compared.difference().low(),
                        compared.difference().high(),
                        compared.confidence()));
    }

    /// Thrown when a trained and evaluated model fails the gate. The current version stays current.
    ///
    /// The model and its report are in [#candidate], and the checkpoint is kept.
    public static final class UnpublishedException extends RuntimeException {

        private static final long serialVersionUID = 1;

        private final transient Path candidate;

        UnpublishedException(Verdict verdict, Path candidate) {
            super(
                    "not published: %s The model and its report are in %s; train on with --resume and more --epochs, or publish it with --resume --force"
                            .formatted(String.join(" ", verdict.reasons()), candidate));
            this.candidate = candidate;
        }

        /// Returns the directory of the unpublished model.
        public Path candidate() {
            return candidate;
        }
    }
}

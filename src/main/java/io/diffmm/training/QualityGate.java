package io.diffmm.training;

import io.diffmm.artifacts.Manifest.GateRecord;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.training.TrainingRequest.GateSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Decides whether a model becomes current. On the same `valid`, its NDCG@20 must exceed that of popularity, and must
/// not fall below that of the current version by more than the tolerance.
public final class QualityGate {

    static final String METRIC = "ndcg@20";

    private final GateSettings settings;

    QualityGate(GateSettings settings) {
        this.settings = settings;
    }

    /// Decides on a model.
    ///
    /// @param ndcg NDCG@20 of the model's blend
    /// @param popularity NDCG@20 of the popularity baseline
    Verdict judge(double ndcg, double popularity, CurrentVersion current) {
        List<String> reasons = new ArrayList<>();
        if (ndcg <= popularity) {
            reasons.add(String.format(
                    Locale.ROOT, "NDCG@20 on valid is %.4f, not better than popularity's %.4f.", ndcg, popularity));
        }
        switch (current) {
            case CurrentVersion.None() -> {}
            case CurrentVersion.Unusable(String reason) ->
                reasons.add("The current version could not be measured: %s.".formatted(reason));
            case CurrentVersion.Measured measured -> {
                if (ndcg < measured.metric(METRIC) - settings.tolerance()) {
                    reasons.add(worse(ndcg, measured));
                }
            }
        }
        return new Verdict(outcome(reasons), settings.tolerance(), reasons);
    }

    private String worse(double ndcg, CurrentVersion.Measured current) {
        return String.format(
                Locale.ROOT,
                "NDCG@20 on valid is %.4f, the current version %s reaches %.4f; that is worse by more than the tolerance of %s.",
                ndcg,
                current.version(),
                current.metric(METRIC),
                settings.tolerance());
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
                verdict.reasons());
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

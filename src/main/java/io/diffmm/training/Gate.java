package io.diffmm.training;

import io.diffmm.artifacts.GateRecord;
import io.diffmm.artifacts.Manifest.GateRecord;
import io.diffmm.report.TrainingReport.Verdict;
import io.diffmm.training.report.Verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Decides whether a model becomes current: it must be better than popularity, and not worse than the current version
/// by more than the tolerance, in NDCG@20 on the same `valid`.
final class Gate {

    static final String METRIC = "ndcg@20";

    private final GateSettings settings;

    Gate(GateSettings settings) {
        this.settings = settings;
    }

    /// What is known of the version that is current.
    sealed interface Standard {

        /// There is none.
        record None() implements Standard {}

        /// It reaches this on the data of now.
        record Reached(String version, double ndcg) implements Standard {}

        /// It could not be measured.
        record Unknown(String reason) implements Standard {}
    }

    /// The decision on a model.
    ///
    /// @param ndcg of the model's blend
    /// @param popularity that of the baseline
    Verdict judge(double ndcg, double popularity, Standard current) {
        List<String> reasons = new ArrayList<>();
        if (ndcg <= popularity) {
            reasons.add(String.format(
                    Locale.ROOT, "NDCG@20 on valid is %.4f, not better than popularity's %.4f.", ndcg, popularity));
        }
        switch (current) {
            case Standard.None() -> {}
            case Standard.Unknown(String reason) ->
                reasons.add("The current version could not be measured: %s.".formatted(reason));
            case Standard.Reached(String version, double before) -> {
                if (ndcg < before - settings.tolerance()) {
                    reasons.add(String.format(
                            Locale.ROOT,
                            "NDCG@20 on valid is %.4f, the current version %s reaches %.4f; that is worse by more than the tolerance of %s.",
                            ndcg,
                            version,
                            before,
                            settings.tolerance()));
                }
            }
        }
        return new Verdict(outcome(reasons), settings.tolerance(), reasons);
    }

    private Verdict.Outcome outcome(List<String> reasons) {
        if (reasons.isEmpty()) {
            return Verdict.Outcome.PUBLISHED;
        }
        return settings.force() ? Verdict.Outcome.FORCED : Verdict.Outcome.UNPUBLISHED;
    }

    /// A decision as the manifest records it.
    static GateRecord record(Verdict verdict) {
        return new GateRecord(
                verdict.outcome() == Verdict.Outcome.PUBLISHED,
                verdict.outcome() == Verdict.Outcome.FORCED,
                verdict.tolerance(),
                verdict.reasons());
    }
}

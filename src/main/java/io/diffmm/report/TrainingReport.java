package io.diffmm.report;

import com.fasterxml.jackson.annotation.JsonValue;
import io.diffmm.evaluation.Estimate;
import io.diffmm.report.MeasuredRanking.RankingRole;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// Content of `report.json`: data, learning curve, measurements, gate decision and origin of one training run.
///
/// The names of the components are the names of the JSON fields.
///
/// @param formatVersion [#FORMAT_VERSION]
/// @param curve learning curve of the first seed
/// @param bestEpoch epoch of the first seed whose weights were kept
/// @param seeds models of the family that were trained with different seeds, in order
/// @param rankings measured rankings in display order; exactly one has the role [RankingRole#BLEND]
/// @param blending weights of the views in the blend
/// @param leftOut baselines that were not measured, with the reason
/// @param comparison comparison with the version that was current; empty if none was, or it could not be measured
/// @param settings all hyper-parameters
public record TrainingReport(
        int formatVersion,
        Provenance origin,
        Verdict verdict,
        DatasetSummary dataset,
        List<CurvePoint> curve,
        int bestEpoch,
        List<SeedSummary> seeds,
        List<MeasuredRanking> rankings,
        BlendSummary blending,
        List<String> leftOut,
        Optional<Comparison> comparison,
        List<StageCost> stages,
        Map<String, Object> settings) {

    /// Format version of `report.json`.
    public static final int FORMAT_VERSION = 1;

    /// Copies the collections.
    ///
    /// @throws IllegalArgumentException if not exactly one ranking is the blend, or two rankings have the same name
    public TrainingReport {
        long blends = rankings.stream()
                .filter(ranking -> ranking.role() == RankingRole.BLEND)
                .count();
        long names = rankings.stream().map(MeasuredRanking::name).distinct().count();
        if (blends != 1 || names != rankings.size()) {
            throw new IllegalArgumentException(
                    "rankings are %s; exactly one must be the blend, and names must be unique"
                            .formatted(
                                    rankings.stream().map(MeasuredRanking::name).toList()));
        }
        curve = List.copyOf(curve);
        seeds = List.copyOf(seeds);
        rankings = List.copyOf(rankings);
        leftOut = List.copyOf(leftOut);
        stages = List.copyOf(stages);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /// Returns the ranking that is served to users.
    public MeasuredRanking blend() {
        return rankings.stream()
                .filter(ranking -> ranking.role() == RankingRole.BLEND)
                .findFirst()
                .orElseThrow();
    }

    /// Provenance of a model: all that is needed to train it again.
    ///
    /// @param beside families of the ensemble members whose views the blend may use
    /// @param device device of the training run
    /// @param program version of DiffMM Server
    /// @param commit commit of the build; `unknown` if it was built outside a repository
    public record Provenance(
            String name,
            String family,
            List<String> beside,
            long seed,
            String device,
            String program,
            String commit,
            Instant created) {

        public Provenance {
            beside = List.copyOf(beside);
        }
    }

    /// Decision of the quality gate on a model.
    ///
    /// @param tolerance maximum loss of NDCG@20 against the current version
    /// @param reasons reasons why the gate failed; empty if it passed
    /// @param notes remarks that do not decide
    /// @param comparisons NDCG@20 compared with popularity, and with the current version if there is one
    public record Verdict(
            Outcome outcome,
            double tolerance,
            List<String> reasons,
            List<String> notes,
            List<GateComparison> comparisons) {

        /// NDCG@20 of the model, with a blend that is fitted without the users it is measured on, and of another
        /// ranking of the same users.
        ///
        /// @param other name of the other ranking
        /// @param difference model minus other, paired by user
        /// @param confidence level of the interval of the difference
        public record GateComparison(
                String other, double modelNdcg, double otherNdcg, Estimate difference, double confidence) {}

        /// Publication of the model.
        public enum Outcome {
            PUBLISHED("published"),
            /// Published on request although the gate failed.
            FORCED("forced"),
            UNPUBLISHED("unpublished");

            private final String label;

            Outcome(String label) {
                this.label = label;
            }

            /// Returns the value of the field in `report.json`.
            @JsonValue
            public String label() {
                return label;
            }
        }

        public Verdict {
            reasons = List.copyOf(reasons);
            notes = List.copyOf(notes);
            comparisons = List.copyOf(comparisons);
        }
    }

    /// Point of the learning curve: one epoch.
    ///
    /// @param epoch epoch number, from 1
    /// @param losses mean loss of each training stage
    /// @param valid metrics on the validation split
    public record CurvePoint(int epoch, Map<String, Double> losses, Map<String, Double> valid, double seconds) {

        public CurvePoint {
            losses = Collections.unmodifiableMap(new LinkedHashMap<>(losses));
            valid = Collections.unmodifiableMap(new LinkedHashMap<>(valid));
        }
    }

    /// Model that was trained with one seed.
    ///
    /// @param epochs number of trained epochs
    /// @param bestEpoch epoch whose weights were kept
    /// @param valid metrics of that epoch on the validation split
    /// @param published true if the published model contains it
    public record SeedSummary(long seed, int epochs, int bestEpoch, Map<String, Double> valid, boolean published) {

        public SeedSummary {
            valid = Collections.unmodifiableMap(new LinkedHashMap<>(valid));
        }
    }

    /// Blend of the views: the weighted sum of their scores.
    ///
    /// @param linear candidate fitted as the item-item model, for example `walk+visual`
    /// @param served short description of the views that rank, for example `diffmm: embeddings + linear`
    /// @param views views with a weight
    /// @param outOfFold metrics on `valid` where each user is ranked with weights fitted without the user's part
    /// @param selection choice of the weights
    public record BlendSummary(
            String linear,
            String served,
            List<BlendedView> views,
            Map<String, Estimate> outOfFold,
            BlendSelection selection) {

        /// One view of the blend.
        ///
        /// @param weight weight of the view's scores
        /// @param recencyFloor weight of the oldest items of a long history, relative to the newest item
        /// @param recencyPower decay rate of the weight with age
        /// @param logOffset offset of the log form; empty for the scores themselves
        public record BlendedView(
                String view, double weight, double recencyFloor, double recencyPower, Optional<Double> logOffset) {}

        public BlendSummary {
            views = List.copyOf(views);
            outOfFold = Collections.unmodifiableMap(new TreeMap<>(outOfFold));
        }
    }

    /// Time and memory of one stage of the run.
    ///
    /// @param peakBytes peak memory of the process during the stage; empty where the operating system does not
    ///     report it
    public record StageCost(String stage, double seconds, OptionalLong peakBytes) {}
}

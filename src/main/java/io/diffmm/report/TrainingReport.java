package io.diffmm.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything that a training run says of itself: `report.json`.
///
/// @param formatVersion [#FORMAT_VERSION]
/// @param bestEpoch the one that was kept
/// @param rankings every ranking that was measured, in the order in which they are shown; one of them the blend
/// @param blending how the views became the blend
/// @param leftOut what was not measured, and why
/// @param comparison with the version that was current before; empty if there was none, or it could not be measured
/// @param settings every hyper-parameter
public record TrainingReport(
        int formatVersion,
        Origin origin,
        Verdict verdict,
        DatasetSummary dataset,
        List<CurvePoint> curve,
        int bestEpoch,
        List<MeasuredRanking> rankings,
        BlendSummary blending,
        List<String> leftOut,
        Optional<Comparison> comparison,
        List<StageCost> stages,
        Map<String, Object> settings) {

    /// The form of `report.json`.
    public static final int FORMAT_VERSION = 1;

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if not exactly one ranking is the blend, or two have the same name
    public TrainingReport {
        long blends = rankings.stream()
                .filter(ranking -> ranking.role() == Role.BLEND)
                .count();
        long names = rankings.stream().map(MeasuredRanking::name).distinct().count();
        if (blends != 1 || names != rankings.size()) {
            throw new IllegalArgumentException("of %s one must be the blend, and none stand twice"
                    .formatted(rankings.stream().map(MeasuredRanking::name).toList()));
        }
        curve = List.copyOf(curve);
        rankings = List.copyOf(rankings);
        leftOut = List.copyOf(leftOut);
        stages = List.copyOf(stages);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }

    /// What users get.
    public MeasuredRanking blend() {
        return rankings.stream()
                .filter(ranking -> ranking.role() == Role.BLEND)
                .findFirst()
                .orElseThrow();
    }
}

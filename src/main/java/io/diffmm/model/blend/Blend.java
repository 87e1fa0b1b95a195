package io.diffmm.model.blend;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.model.Recency;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Weighted sum of views: `score(i) = sum_v weight_v score_v(i)`. Views without a part do not contribute.
///
/// @param views part of each view by its name, at least one
public record Blend(Map<String, Part> views) {

    /// Part of one view.
    ///
    /// The contribution of a score s is `weight s`, or in log form `weight log(1 + s / offset)`, which is zero for
    /// an item without a link. Only the linear view has a log form, and only if none of its links is negative.
    ///
    /// @param weight of its scores, positive
    /// @param recency recency weights of its history
    /// @param logOffset offset of the log form; empty for the scores themselves
    public record Part(
            double weight,
            Recency recency,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Double> logOffset) {

        /// Greatest offset and inverse of the least: scores divided by any of them stay finite.
        private static final double MAX_OFFSET = 1e12;

        public Part {
            SettingRules.positive(weight, "the weight of a view");
            logOffset.ifPresent(
                    offset -> SettingRules.within(1 / MAX_OFFSET, MAX_OFFSET, offset, "the log-offset of a view"));
        }

        /// Creates a part without log form.
        public Part(double weight, Recency recency) {
            this(weight, recency, Optional.empty());
        }

        /// Returns the contribution of a score of the view. The same on every machine.
        double contribution(double score) {
            return weight * (logOffset.isPresent() ? StrictMath.log1p(score / logOffset.get()) : score);
        }
    }

    public Blend {
        views = Collections.unmodifiableMap(new LinkedHashMap<>(views));
        if (views.isEmpty()) {
            throw new IllegalArgumentException("a blend has no view; name at least one");
        }
    }

    /// Returns the blend of a single view.
    public static Blend of(String view) {
        return even(List.of(view));
    }

    /// Returns the unweighted sum of some views.
    public static Blend even(List<String> views) {
        Map<String, Part> parts = new LinkedHashMap<>();
        views.forEach(view -> parts.put(view, new Part(1, Recency.NONE)));
        return new Blend(parts);
    }

    /// Recency weights of a view; equal weights for a view without a part.
    public Recency recency(String view) {
        return views.containsKey(view) ? views.get(view).recency() : Recency.NONE;
    }

    /// Returns the sum as text, for example `1 log(1 + linear / 3.0E-4) + 15 embeddings`.
    public String describe() {
        return views.entrySet().stream()
                .map(view -> String.format(
                        Locale.ROOT, "%.4g %s", view.getValue().weight(), form(view.getKey(), view.getValue())))
                .collect(Collectors.joining(" + "));
    }

    private static String form(String view, Part part) {
        return part.logOffset()
                .map(offset -> "log(1 + %s / %s)".formatted(view, offset))
                .orElse(view);
    }

    /// Parses the blend of a manifest.
    ///
    /// @throws IllegalArgumentException naming the faulty setting
    public static Blend of(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        complete.computeIfPresent("views", (_, views) -> views instanceof Map<?, ?> parts ? complete(parts) : views);
        return SettingsMapper.read(complete, Blend.class);
    }

    /// Adds what older manifests lack.
    private static Map<Object, Object> complete(Map<?, ?> parts) {
        Map<Object, Object> complete = new LinkedHashMap<>();
        parts.forEach((view, part) ->
                complete.put(view, SettingsMapper.withDefaults(part, Map.of("log-offset", Optional.empty()))));
        return complete;
    }
}

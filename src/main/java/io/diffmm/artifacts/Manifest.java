package io.diffmm.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one published model is: `manifest.json`.
///
/// @param formatVersion the version of the artifact format, [#FORMAT_VERSION] or an older one
/// @param name the model's name, say `demo`
/// @param version which publication of it; sorts by time
/// @param family the family of models, say `diffmm`
/// @param settings every hyper-parameter
/// @param members the models whose views join the blend beside those of `family`; empty in older manifests
/// @param blend how the views of a user become one score; empty in older manifests, where the first view ranks alone
/// @param metrics held-out metrics by what was measured (`model`, `popularity`), then by the metric's name
/// @param gate what was asked of it before it was published; older manifests, and those of invented models, have none
/// @param files every other file of the artifact by its name
public record Manifest(
        int formatVersion,
        String name,
        String version,
        String family,
        Instant created,
        Map<String, Object> settings,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<MemberEntry> members,
        Map<String, Object> blend,
        DatasetDescription dataset,
        Map<String, Map<String, Double>> metrics,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<GateRecord> gate,
        Map<String, FileEntry> files) {

    /// The newest format that this server reads; it brought `members`.
    public static final int FORMAT_VERSION = 2;

    private static final int WITHOUT_MEMBERS = 1;

    /// Copies the maps.
    ///
    /// @throws IllegalArgumentException if a name could leave its directory or a number is not finite
    public Manifest {
        SafeName.require("model name", name);
        SafeName.require("version", version);
        files.keySet().forEach(file -> SafeName.require("file name", file));
        members = List.copyOf(members);
        requireDistinct(family, members);
        requireFinite("settings", settings);
        members.forEach(member -> requireFinite("members." + member.family(), member.settings()));
        requireFinite("blend", blend);
        requireFinite("metrics", metrics);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        blend = Collections.unmodifiableMap(new LinkedHashMap<>(blend));
        metrics = copy(metrics);
        files = Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /// The format that a manifest with these members is written in: the oldest that has them, for servers that know no
    /// newer.
    static int formatFor(List<MemberEntry> members) {
        return members.isEmpty() ? WITHOUT_MEMBERS : FORMAT_VERSION;
    }

    /// Weights are found by their family.
    private static void requireDistinct(String family, List<MemberEntry> members) {
        List<String> families = Stream.concat(
                        Stream.of(family), members.stream().map(MemberEntry::family))
                .toList();
        if (families.stream().distinct().count() < families.size()) {
            throw new IllegalArgumentException("members: of %s no family may stand twice".formatted(families));
        }
    }

    private static Map<String, Map<String, Double>> copy(Map<String, Map<String, Double>> metrics) {
        Map<String, Map<String, Double>> copy = new LinkedHashMap<>();
        metrics.forEach(
                (measured, values) -> copy.put(measured, Collections.unmodifiableMap(new LinkedHashMap<>(values))));
        return Collections.unmodifiableMap(copy);
    }

    private static void requireFinite(String where, @Nullable Object value) {
        switch (value) {
            case null -> throw new IllegalArgumentException("%s has no value".formatted(where));
            case Map<?, ?> map -> map.forEach((key, inner) -> requireFinite(where + '.' + key, inner));
            case Iterable<?> list -> list.forEach(inner -> requireFinite(where, inner));
            case Double number
            when !Double.isFinite(number) ->
                throw new IllegalArgumentException("%s is %s, not a finite number".formatted(where, number));
            default -> {}
        }
    }
}

package io.diffmm.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.artifacts.ArtifactNames.SafeName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.codec.digest.DigestUtils;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Description of one published version of a model: `manifest.json`.
///
/// @param formatVersion version of the artifact format, at most [#FORMAT_VERSION]
/// @param name name of the model, for example `demo`
/// @param version name of the version; names sort by time
/// @param family model family, for example `diffmm`
/// @param settings all hyper-parameters
/// @param seed seed of the training; absent in older manifests and those of synthetic models
/// @param members ensemble members, whose views are blended with those of `family`; empty in older manifests
/// @param blend weights that combine the views into one score; empty in older manifests, where the first view ranks
/// alone
/// @param metrics held-out metrics by ranker (`model`, `popularity`), then by metric name
/// @param gate result of the quality gate; absent in older manifests and those of synthetic models
/// @param files all other files of the artifact, by name
public record Manifest(
        int formatVersion,
        String name,
        String version,
        String family,
        Instant created,
        Map<String, Object> settings,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Long> seed,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<MemberEntry> members,
        Map<String, Object> blend,
        DatasetDescription dataset,
        Map<String, Map<String, Double>> metrics,
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<GateRecord> gate,
        Map<String, FileEntry> files) {

    /// Newest format that this server reads; it added several members of one family, and `log-offset` in
    /// the blend.
    public static final int FORMAT_VERSION = 3;

    /// Format that added `members`.
    private static final int WITH_MEMBERS = 2;

    private static final int WITHOUT_MEMBERS = 1;

    /// Maximum size, far above that of any manifest; keeps a foreign file out of memory.
    private static final long MAX_BYTES = 1 << 20;

    /// Copies the maps.
    ///
    /// @throws IllegalArgumentException if a name could leave its directory or a number is not finite
    public Manifest {
        SafeName.require("model name", name);
        SafeName.require("version", version);
        files.keySet().forEach(file -> SafeName.require("file name", file));
        members = List.copyOf(members);
        requireDistinct(ArtifactNames.weights(families(family, members)));
        requireFinite("settings", settings);
        members.forEach(member -> requireFinite("members." + member.family(), member.settings()));
        requireFinite("blend", blend);
        requireFinite("metrics", metrics);
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        blend = Collections.unmodifiableMap(new LinkedHashMap<>(blend));
        metrics = copy(metrics);
        files = Collections.unmodifiableMap(new TreeMap<>(files));
    }

    /// Returns the oldest format that has these members and this blend, so that older servers read the
    /// manifest, too.
    static int formatFor(String family, List<MemberEntry> members, Map<String, Object> blend) {
        List<String> families = families(family, members);
        if (families.stream().distinct().count() < families.size() || hasKey(blend, "log-offset")) {
            return FORMAT_VERSION;
        }
        return members.isEmpty() ? WITHOUT_MEMBERS : WITH_MEMBERS;
    }

    private static boolean hasKey(Map<?, ?> tree, String key) {
        return tree.containsKey(key)
                || tree.values().stream().anyMatch(value -> value instanceof Map<?, ?> inner && hasKey(inner, key));
    }

    private static List<String> families(String family, List<MemberEntry> members) {
        return Stream.concat(Stream.of(family), members.stream().map(MemberEntry::family))
                .toList();
    }

    /// Requires a file for each member: a family named `a-2` and a second member of a family `a` would
    /// share one.
    private static void requireDistinct(List<String> weights) {
        if (weights.stream().distinct().count() < weights.size()) {
            throw new IllegalArgumentException(
                    "members: the files of the weights, %s, are not distinct".formatted(weights));
        }
    }

    /// Returns the names of the weights files of all members, that of `family` first.
    List<String> weights() {
        return ArtifactNames.weights(families(family, members));
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

    void write(Path directory) throws IOException {
        Json.write(directory.resolve(ArtifactNames.MANIFEST), this);
    }

    /// Reads the manifest in `directory`.
    ///
    /// @throws InvalidArtifactException if there is no manifest that this server understands
    /// @throws java.io.UncheckedIOException if it cannot be read
    static Manifest read(Path directory) {
        Path file = directory.resolve(ArtifactNames.MANIFEST);
        try {
            FileOperations.requireInside(directory, file);
            if (Files.size(file) > MAX_BYTES) {
                throw new InvalidArtifactException(file, "longer than %d bytes".formatted(MAX_BYTES));
            }
            JsonNode tree = Json.readTree(file);
            requireFormat(file, tree);
            if (!tree.path("created").isString()) {
                throw new InvalidArtifactException(file, "has no creation time");
            }
            return Json.convert(file, complete(tree), Manifest.class);
        } catch (IOException e) {
            throw FileOperations.unreadable(file, e);
        }
    }

    /// Adds fields that are newer than the format with their empty values.
    private static JsonNode complete(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.putIfAbsent("gate", object.nullNode());
            object.putIfAbsent("blend", object.objectNode());
            object.putIfAbsent("members", object.arrayNode());
            object.putIfAbsent("seed", object.nullNode());
            object.path("members").forEach(Manifest::completeMember);
            completeGate(object.path("gate"));
        }
        return tree;
    }

    private static void completeGate(JsonNode gate) {
        if (gate instanceof ObjectNode object) {
            object.putIfAbsent("notes", object.arrayNode());
            object.putIfAbsent("popularity", object.nullNode());
            object.putIfAbsent("current", object.nullNode());
        }
    }

    private static void completeMember(JsonNode member) {
        if (member instanceof ObjectNode object) {
            object.putIfAbsent("seed", object.nullNode());
        }
    }

    /// Checks the format before everything else, since a newer format may have other fields.
    private static void requireFormat(Path file, JsonNode tree) {
        JsonNode format = tree.path("formatVersion");
        if (!format.isIntegralNumber()) {
            throw new InvalidArtifactException(file, "not the manifest of a model artifact: it has no formatVersion");
        }
        if (!format.canConvertToInt() || format.intValue() > FORMAT_VERSION) {
            throw new InvalidArtifactException(
                    file,
                    "format %s is newer than this server reads (%d); update the server"
                            .formatted(abbreviate(format.asString()), FORMAT_VERSION));
        }
        if (format.intValue() < 1) {
            throw new InvalidArtifactException(file, "there is no format %d".formatted(format.intValue()));
        }
    }

    private static String abbreviate(String number) {
        return number.length() <= 20 ? number : number.substring(0, 20) + "...";
    }

    /// Size and digest of a file.
    ///
    /// @param bytes size in bytes
    /// @param sha256 SHA-256 of the content, 64 lower-case hex digits
    public record FileEntry(long bytes, String sha256) {

        private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

        public FileEntry {
            if (bytes < 0) {
                throw new IllegalArgumentException("size is %d bytes".formatted(bytes));
            }
            if (!DIGEST.matcher(sha256).matches()) {
                throw new IllegalArgumentException("sha256 is not 64 lower-case hex digits");
            }
        }

        /// Measures a file.
        static FileEntry of(Path file) throws IOException {
            try (InputStream content = Files.newInputStream(file)) {
                return new FileEntry(Files.size(file), DigestUtils.sha256Hex(content));
            }
        }
    }

    /// Ensemble member.
    ///
    /// @param family model family, for example `t-diffrec`; its weights are in
    ///     `weights-<family>.safetensors`, or for the n-th model of the family, from 2, in
    ///     `weights-<family>-<n>.safetensors`
    /// @param settings all hyper-parameters
    /// @param seed seed of the training; absent in older manifests
    public record MemberEntry(
            String family,
            Map<String, Object> settings,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<Long> seed) {

        public MemberEntry {
            SafeName.require("family", family);
            settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        }
    }

    /// Training data of a model.
    ///
    /// @param fingerprint identifies the data: the same data has the same fingerprint
    public record DatasetDescription(String fingerprint, long users, long items, long interactions) {

        public DatasetDescription {
            if (users < 0 || items < 0 || interactions < 0) {
                throw new IllegalArgumentException(
                        "dataset has %d users, %d items, %d interactions; none may be negative"
                                .formatted(users, items, interactions));
            }
        }
    }
}

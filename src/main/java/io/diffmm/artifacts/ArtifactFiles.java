package io.diffmm.artifacts;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.List;

/// The names of the files in an artifact.
final class ArtifactFiles {

    static final String MANIFEST = "manifest.json";
    static final String USERS = "users.json";
    static final String ITEMS = "items.json";
    static final String HISTORY_OFFSETS = "history_offsets.npy";
    static final String HISTORY_ITEMS = "history_items.npy";

    /// When what the histories hold happened, where that is known.
    static final String HISTORY_TIMES = "history_times.npy";

    /// What a model answered to questions of the training job, where it was asked.
    static final String PROBES = "probes.json";

    static final String WEIGHTS = "weights.safetensors";

    /// The linear view, where there is one.
    static final String LINKS = "links.safetensors";

    /// Beside the versions: names the one to serve.
    static final String CURRENT = "current";

    /// Every file that the manifest must list.
    static final List<String> LISTED = List.of(USERS, ITEMS, HISTORY_OFFSETS, HISTORY_ITEMS, WEIGHTS);

    /// Files that are used where they are there, so the manifest must list them then.
    private static final String OPTIONAL =
            "{*.graph,weights-*.safetensors," + LINKS + "," + HISTORY_TIMES + "," + PROBES + "}";

    /// Beside the versions: holds what was trained and not published, as if it was a model; it has no `current`.
    static final String UNPUBLISHED = "unpublished";

    private ArtifactFiles() {}

    /// Refuses names of further files that a reader would take for a file of the format.
    static void requireFurther(String name) {
        SafeName.require("file name", name);
        if (LISTED.contains(name) || name.equals(MANIFEST) || isOptional(name)) {
            throw new IllegalArgumentException("'%s' is the name of a file of the format".formatted(name));
        }
    }

    /// The weights of a model beside the first.
    static String weights(String family) {
        return "weights-%s.safetensors".formatted(family);
    }

    /// Whether a file of that name is used where it is there.
    static boolean isOptional(String name) {
        return FileSystems.getDefault().getPathMatcher("glob:" + OPTIONAL).matches(Path.of(name));
    }
}

package io.diffmm.artifacts;

import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// File names of the artifact format.
public final class ArtifactNames {

    static final String MANIFEST = "manifest.json";
    static final String USERS = "users.json";
    static final String ITEMS = "items.json";
    static final String HISTORY_OFFSETS = "history_offsets.npy";
    static final String HISTORY_ITEMS = "history_items.npy";

    /// Times of the interactions in the histories; optional.
    static final String HISTORY_TIMES = "history_times.npy";

    /// Queries of the training job with the model's answers; optional.
    static final String PROBES = "probes.json";

    static final String WEIGHTS = "weights.safetensors";

    /// Linear view; optional.
    static final String LINKS = "links.safetensors";

    /// File beside the versions with the name of the published one.
    static final String CURRENT = "current";

    /// Lock file of publishers, beside the versions.
    static final String LOCK = ".lock";

    /// Prefix of directories that are incomplete, beside the versions.
    static final String STAGING = ".staging-";

    /// Directory beside the versions with models that were trained but not published; it has no `current`.
    static final String UNPUBLISHED = "unpublished";

    /// Files that every manifest must list.
    static final List<String> LISTED = List.of(USERS, ITEMS, HISTORY_OFFSETS, HISTORY_ITEMS, WEIGHTS);

    /// Files that readers use if they exist; the manifest must list them then.
    private static final String OPTIONAL =
            "{*.graph,weights-*.safetensors," + LINKS + "," + HISTORY_TIMES + "," + PROBES + "}";

    private ArtifactNames() {}

    /// Refuses a further file whose name is a file name of the format.
    static void requireFurther(String name) {
        SafeName.require("file name", name);
        if (LISTED.contains(name) || name.equals(MANIFEST) || isOptional(name)) {
            throw new IllegalArgumentException("'%s' is a file name of the artifact format".formatted(name));
        }
    }

    /// Returns the names of the weights of a model's members, in their order.
    ///
    /// @param families family of each member; the first one is that of the manifest
    static List<String> weights(List<String> families) {
        Map<String, Integer> numbers = new HashMap<>();
        List<String> names = new ArrayList<>(families.size());
        for (String family : families) {
            int number = numbers.merge(family, 1, Integer::sum);
            String name = number == 1 ? family : family + '-' + number;
            names.add(names.isEmpty() ? WEIGHTS : "weights-%s.safetensors".formatted(name));
        }
        return names;
    }

    /// Returns whether readers use a file of that name if it exists.
    static boolean isOptional(String name) {
        return FileSystems.getDefault().getPathMatcher("glob:" + OPTIONAL).matches(Path.of(name));
    }

    /// Rule for names of models, versions and files, which become parts of paths: none can leave its directory.
    public static final class SafeName {

        private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

        private SafeName() {}

        static boolean isSafe(String name) {
            return PATTERN.matcher(name).matches();
        }

        /// Returns `name`.
        ///
        /// @param what noun for the message, for example `model name`
        /// @throws IllegalArgumentException if it could leave its directory or is not portable
        public static String require(String what, String name) {
            if (!isSafe(name)) {
                throw new IllegalArgumentException(
                        "%s '%s' may contain only letters, digits, '.', '_' and '-', must begin with a letter or digit, and may have at most 128 characters"
                                .formatted(what, name));
            }
            return name;
        }
    }
}

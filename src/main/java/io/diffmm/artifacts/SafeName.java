package io.diffmm.artifacts;

import java.util.regex.Pattern;

/// Names that may become part of a path: of models, versions and files. None of them can leave its directory.
public final class SafeName {

    private static final Pattern PATTERN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    private SafeName() {}

    static boolean isSafe(String name) {
        return PATTERN.matcher(name).matches();
    }

    /// Returns `name`.
    ///
    /// @throws IllegalArgumentException if it could leave its directory or is not portable
    public static String require(String what, String name) {
        if (!isSafe(name)) {
            throw new IllegalArgumentException(
                    "%s '%s' may hold only letters, digits, '.', '_' and '-', begin with a letter or digit, and be at most 128 long"
                            .formatted(what, name));
        }
        return name;
    }
}

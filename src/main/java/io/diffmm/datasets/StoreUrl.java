package io.diffmm.datasets;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// A JDBC URL in its parts: `base;NAME=VALUE;...` for H2, `base?name=value&...` for PostgreSQL.
///
/// @param base what may be shown
/// @param settings as they stand in the URL
record StoreUrl(Kind kind, String base, List<String> settings) {

    private static final Pattern H2_WITHOUT_FILE = Pattern.compile("jdbc:h2:(mem|tcp|ssl|zip):.*");
    private static final Pattern USER_INFO = Pattern.compile("//.*@");

    /// The databases that can hold live interactions.
    enum Kind {
        H2("jdbc:h2:", ";", "(?<!\\\\);"),
        POSTGRESQL("jdbc:postgresql:", "?", "&");

        private final String scheme;
        private final String begin; // of the settings
        private final Pattern separator;

        Kind(String scheme, String begin, String separator) {
            this.scheme = scheme;
            this.begin = begin;
            this.separator = Pattern.compile(separator);
        }
    }

    StoreUrl {
        settings = List.copyOf(settings);
    }

    /// Takes a URL apart.
    ///
    /// @throws IllegalArgumentException if it is of another database, or names a user where drivers do
    ///     not look
    static StoreUrl parse(String url) {
        Kind kind = Stream.of(Kind.values())
                .filter(one -> url.startsWith(one.scheme))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s is of a database that live interactions are not kept in; give a URL that begins with jdbc:h2: or jdbc:postgresql:"
                                .formatted(withoutUser(url.split("[?;]", 2)[0]))));
        int end = url.indexOf(kind.begin);
        String base = end < 0 ? url : url.substring(0, end);
        if (kind == Kind.POSTGRESQL && USER_INFO.matcher(base).find()) {
            throw new IllegalArgumentException(
                    "%s has a user in front of the host; give ?user=...&password=... after it"
                            .formatted(withoutUser(base)));
        }
        List<String> settings = end < 0
                ? List.of()
                : kind.separator
                        .splitAsStream(url.substring(end + 1))
                        .filter(setting -> !setting.isBlank())
                        .toList();
        return new StoreUrl(kind, base, settings);
    }

    private static String withoutUser(String base) {
        return USER_INFO.matcher(base).replaceFirst("//");
    }

    /// Whether it is a file of H2's, which a running server may have open.
    boolean isH2File() {
        return kind == Kind.H2 && !H2_WITHOUT_FILE.matcher(base).matches();
    }

    /// The value of a setting, decoded.
    Optional<String> value(String name) {
        return settings.stream()
                .filter(setting -> isNamed(setting, name))
                .map(setting -> decoded(setting.substring(setting.indexOf('=') + 1)))
                .findFirst();
    }

    private String decoded(String value) {
        return switch (kind) {
            case H2 -> value.replaceAll("\\\\(.)", "$1");
            case POSTGRESQL -> percentDecoded(value);
        };
    }

    private String percentDecoded(String value) {
        try {
            return URLDecoder.decode(value, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException _) { // its message quotes the value
            throw new IllegalArgumentException(
                    "%s has a user or password with a percent sign that begins no code; write it as %%25"
                            .formatted(base));
        }
    }

    private static boolean isNamed(String setting, String name) {
        return setting.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + '=');
    }

    /// The URL without a setting.
    StoreUrl without(String name) {
        return new StoreUrl(
                kind,
                base,
                settings.stream().filter(setting -> !isNamed(setting, name)).toList());
    }

    /// The URL with a setting, unless it has one of that name.
    StoreUrl orElse(String name, String value) {
        return value(name).isPresent()
                ? this
                : new StoreUrl(
                        kind,
                        base,
                        Stream.concat(settings.stream(), Stream.of(name + '=' + value))
                                .toList());
    }

    /// All of it, for the driver.
    String text() {
        String separator = kind == Kind.H2 ? ";" : "&";
        return settings.isEmpty() ? base : base + kind.begin + String.join(separator, settings);
    }
}

package io.diffmm.report;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Fragment of HTML. Text enters through [#text] or as an attribute value, and both are escaped.
record Markup(String html) {

    /// Returns escaped text.
    static Markup text(String text) {
        return new Markup(escape(text));
    }

    static Markup element(String tag, Markup... children) {
        return element(tag, Map.of(), children);
    }

    static Markup element(String tag, Map<String, String> attributes, Markup... children) {
        StringBuilder html = new StringBuilder("<").append(tag);
        new TreeMap<>(attributes)
                .forEach((name, value) -> html.append(' ')
                        .append(name)
                        .append("=\"")
                        .append(escape(value))
                        .append('"'));
        html.append('>').append(concat(List.of(children)).html());
        return new Markup(html.append("</").append(tag).append(">\n").toString());
    }

    /// Concatenates fragments.
    static Markup concat(Collection<Markup> fragments) {
        return new Markup(fragments.stream().map(Markup::html).collect(Collectors.joining()));
    }

    private static String escape(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        text.chars().forEach(character -> {
            switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append((char) character);
            }
        });
        return escaped.toString();
    }

    /// Page with placeholders such as `{{title}}`. Placeholders within inserted fragments are not replaced.
    record Template(String text) {

        private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([a-z-]+)}}");

        /// Returns the page with every placeholder replaced.
        ///
        /// @throws IllegalArgumentException if a placeholder has no fragment
        String fill(Map<String, Markup> fragments) {
            return PLACEHOLDER
                    .matcher(text)
                    .replaceAll(place -> Matcher.quoteReplacement(fragment(fragments, place.group(1))));
        }

        private static String fragment(Map<String, Markup> fragments, String name) {
            Markup fragment = fragments.get(name);
            if (fragment == null) {
                throw new IllegalArgumentException("placeholder {{%s}} has no value".formatted(name));
            }
            return fragment.html();
        }
    }
}

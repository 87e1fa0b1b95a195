package io.diffmm.report;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// A piece of HTML. Text comes into it through [#text] or as an attribute, and both are escaped, whoever wrote it.
record Markup(String html) {

    /// Text that a browser shows as it is.
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
        html.append('>').append(all(List.of(children)).html());
        return new Markup(html.append("</").append(tag).append(">\n").toString());
    }

    /// One piece after the other.
    static Markup all(Collection<Markup> pieces) {
        return new Markup(pieces.stream().map(Markup::html).collect(Collectors.joining()));
    }

    /// One piece after the other.
    static Markup all(Markup... pieces) {
        return new Markup(Stream.of(pieces).map(Markup::html).collect(Collectors.joining()));
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
}

package io.diffmm.report;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A page with places such as `{{title}}` for pieces of HTML. What is filled in is not looked through again.
final class Template {

    private static final Pattern PLACE = Pattern.compile("\\{\\{([a-z-]+)}}");

    private final String text;

    Template(String text) {
        this.text = text;
    }

    /// The page with every place filled.
    ///
    /// @throws IllegalArgumentException if there is no piece for a place
    String fill(Map<String, Markup> pieces) {
        return PLACE.matcher(text).replaceAll(place -> Matcher.quoteReplacement(piece(pieces, place.group(1))));
    }

    private static String piece(Map<String, Markup> pieces, String name) {
        Markup piece = pieces.get(name);
        if (piece == null) {
            throw new IllegalArgumentException("nothing stands for {{%s}}".formatted(name));
        }
        return piece.html();
    }
}

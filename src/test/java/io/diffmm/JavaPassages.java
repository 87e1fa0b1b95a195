package io.diffmm;

import java.util.ArrayList;
import java.util.List;

/// Scanner for the comments and literals of a Java file.
final class JavaPassages {

    /// Kind of a passage.
    enum Kind {
        DOC_COMMENT,
        COMMENT,
        LITERAL
    }

    /// Comment or literal.
    ///
    /// @param line number of its first line, starting at 1
    record Passage(Kind kind, int line, String text) {}

    private static final String TEXT_BLOCK = "\"\"\"";

    private final String text;
    private final List<Passage> passages = new ArrayList<>();
    private int position;

    JavaPassages(String text) {
        this.text = text;
    }

    List<Passage> passages() {
        while (position < text.length()) {
            if (isAt("///")) {
                add(Kind.DOC_COMMENT, endOfDocComment());
            } else if (isAt("//")) {
                add(Kind.COMMENT, endOfLine(position));
            } else if (isAt("/*")) {
                add(isAt("/**") ? Kind.DOC_COMMENT : Kind.COMMENT, endOfBlockComment());
            } else if (isAt(TEXT_BLOCK)) {
                add(Kind.LITERAL, endOfLiteral(TEXT_BLOCK));
            } else if (isAt("\"")) {
                add(Kind.LITERAL, endOfLiteral("\""));
            } else {
                position = isAt("'") ? endOfLiteral("'") : position + 1;
            }
        }
        return passages;
    }

    private boolean isAt(String token) {
        return text.startsWith(token, position);
    }

    private void add(Kind kind, int end) {
        int line = 1
                + (int) text.substring(0, position)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        passages.add(new Passage(kind, line, text.substring(position, end)));
        position = end;
    }

    private int endOfLine(int start) {
        int end = text.indexOf('\n', start);
        return end < 0 ? text.length() : end;
    }

    private int endOfDocComment() {
        int end = endOfLine(position);
        while (end < text.length()
                && text.substring(end + 1, endOfLine(end + 1)).strip().startsWith("///")) {
            end = endOfLine(end + 1);
        }
        return end;
    }

    private int endOfBlockComment() {
        int end = text.indexOf("*/", position + 2);
        return end < 0 ? text.length() : end + 2;
    }

    private int endOfLiteral(String quote) {
        int end = position + quote.length();
        while (end < text.length() && !text.startsWith(quote, end)) {
            end += text.charAt(end) == '\\' ? 2 : 1;
        }
        return Math.min(text.length(), end + quote.length());
    }
}

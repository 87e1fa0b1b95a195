package io.diffmm.chart;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The chart's values, and the comments in front of them: those that begin with `# --` say what the next value means.
final class ValuesFile {

    private static final Pattern COMMENT = Pattern.compile(" *# ?(-- )?(.*)");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z0-9]+):.*");

    private final Map<String, Object> values;
    private final Map<String, String> meanings = new LinkedHashMap<>();
    private final Deque<Key> path = new ArrayDeque<>();
    private final List<String> comment = new ArrayList<>();

    private record Key(int indent, String name) {}

    private ValuesFile(String text) {
        this.values = Yaml.object(text);
        text.lines().forEach(this::read);
    }

    static ValuesFile of(String text) {
        return new ValuesFile(text);
    }

    Map<String, Object> values() {
        return values;
    }

    /// What each described value means, by its path, in the order of the file.
    Map<String, String> meanings() {
        return meanings;
    }

    /// Every value that is no object with values of its own described.
    Map<String, Object> leaves() {
        Map<String, Object> leaves = new LinkedHashMap<>();
        collect("", values, leaves);
        return leaves;
    }

    /// Every object some of whose values are described, and their names; the whole file is the one without a name.
    Map<String, List<String>> groups() {
        Map<String, List<String>> groups = new HashMap<>();
        group("", values, groups);
        return groups;
    }

    private void read(String line) {
        Matcher comments = COMMENT.matcher(line);
        if (comments.matches()) {
            if (comments.group(1) != null || !comment.isEmpty()) {
                comment.add(comments.group(2));
            }
            return;
        }
        Matcher key = KEY.matcher(line);
        if (key.matches()) {
            enter(new Key(key.group(1).length(), key.group(2)));
        }
        comment.clear();
    }

    private void enter(Key key) {
        while (!path.isEmpty() && path.getLast().indent() >= key.indent()) {
            path.removeLast();
        }
        path.addLast(key);
        if (!comment.isEmpty()) {
            meanings.put(String.join(".", path.stream().map(Key::name).toList()), String.join(" ", comment));
        }
    }

    private void collect(String prefix, Map<?, ?> node, Map<String, Object> leaves) {
        node.forEach((key, value) -> {
            String name = prefix + key;
            if (value instanceof Map<?, ?> inner && !meanings.containsKey(name) && !inner.isEmpty()) {
                collect(name + ".", inner, leaves);
            } else {
                leaves.put(name, value);
            }
        });
    }

    private void group(String name, Map<?, ?> node, Map<String, List<String>> groups) {
        List<String> names = node.keySet().stream().map(String::valueOf).toList();
        groups.put(name, names);
        node.forEach((key, value) -> {
            String path = name.isEmpty() ? String.valueOf(key) : "%s.%s".formatted(name, key);
            if (value instanceof Map<?, ?> inner && !meanings.containsKey(path)) {
                group(path, inner, groups);
            }
        });
    }
}

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

/// Parser of values.yaml with its comments: a comment that begins with `# --` describes the next value.
final class ValuesFile {

    private static final Pattern COMMENT = Pattern.compile(" *# ?(-- )?(.*)");
    private static final Pattern KEY = Pattern.compile("( *)([A-Za-z0-9]+):.*");

    private final Map<String, Object> values;
    private final Map<String, String> descriptions = new LinkedHashMap<>();
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

    /// Returns the descriptions by path of the value, in the order of the file.
    Map<String, String> descriptions() {
        return descriptions;
    }

    /// Returns all values except objects whose members are described individually.
    Map<String, Object> leaves() {
        Map<String, Object> leaves = new LinkedHashMap<>();
        collect("", values, leaves);
        return leaves;
    }

    /// Returns the member names of all objects whose members are described individually; the key of the root is empty.
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
            descriptions.put(String.join(".", path.stream().map(Key::name).toList()), String.join(" ", comment));
        }
    }

    private void collect(String prefix, Map<?, ?> node, Map<String, Object> leaves) {
        node.forEach((key, value) -> {
            String name = prefix + key;
            if (value instanceof Map<?, ?> inner && !descriptions.containsKey(name) && !inner.isEmpty()) {
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
            if (value instanceof Map<?, ?> inner && !descriptions.containsKey(path)) {
                group(path, inner, groups);
            }
        });
    }
}

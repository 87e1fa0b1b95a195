package io.diffmm;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Directory of a model in which a test publishes intact and damaged versions.
final class Versions {

    private static final String MANIFEST = "manifest.json";
    private static final String WEIGHTS = "weights.safetensors";

    private final Path model;

    Versions(Path model) {
        this.model = model;
    }

    /// Kinds of damage to a version.
    enum Damage {
        TRUNCATED,
        FLIPPED_BIT,
        NOT_A_NUMBER,
        OTHER_IDS,
        NEWER_FORMAT
    }

    List<String> names() throws IOException {
        try (Stream<Path> children = Files.list(model)) {
            return children.filter(child -> Files.exists(child.resolve(MANIFEST)))
                    .map(child -> child.getFileName().toString())
                    .sorted()
                    .toList();
        }
    }

    /// Publishes a version: replaces the file `current` atomically.
    void publish(String version) throws IOException {
        Path temporary = Files.writeString(model.resolve(".current.new"), version + "\n");
        Files.move(temporary, model.resolve("current"), StandardCopyOption.ATOMIC_MOVE);
    }

    /// Copies a version under another name, and damages the copy.
    void damaged(String version, String name, Damage damage) throws IOException {
        Path copy = copied(version, name);
        switch (damage) {
            case TRUNCATED -> {
                byte[] weights = Files.readAllBytes(copy.resolve(WEIGHTS));
                Files.write(copy.resolve(WEIGHTS), Arrays.copyOf(weights, weights.length / 2));
            }
            case FLIPPED_BIT -> {
                byte[] weights = Files.readAllBytes(copy.resolve(WEIGHTS));
                weights[weights.length / 2] ^= 1;
                Files.write(copy.resolve(WEIGHTS), weights);
            }
            case NOT_A_NUMBER -> {
                byte[] weights = Files.readAllBytes(copy.resolve(WEIGHTS));
                ByteBuffer.wrap(weights)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putFloat(weights.length - Float.BYTES, Float.NaN);
                forge(copy, WEIGHTS, weights);
            }
            case OTHER_IDS -> {
                String items = Files.readString(copy.resolve("items.json"));
                String others = items.replaceFirst("\\{[^}]*}\\s*,", "");
                forge(copy, "items.json", others.getBytes(StandardCharsets.UTF_8));
            }
            case NEWER_FORMAT -> edit(copy, "\"formatVersion\" : 1", "\"formatVersion\" : 99");
        }
    }

    /// Copies a version under another name.
    Path copied(String version, String name) throws IOException {
        Path copy = Files.createDirectory(model.resolve(name));
        for (Path file : files(model.resolve(version))) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        edit(copy, version, name);
        return copy;
    }

    /// Copies a version and exchanges the ids of its items. The checksums of the copy are valid; only probes detect the
    /// change.
    void exchanged(String version, String name) throws IOException {
        Path copy = copied(version, name);
        String items = Files.readString(copy.resolve("items.json"));
        var ids = Pattern.compile("\"id\"\\s*:\\s*\"([^\"]*)\"")
                .matcher(items)
                .results()
                .map(found -> found.group(1))
                .toList();
        var others = new StringBuilder();
        var matcher = Pattern.compile("(\"id\"\\s*:\\s*\")[^\"]*").matcher(items);
        for (int place = 0; matcher.find(); place++) {
            matcher.appendReplacement(
                    others, Matcher.quoteReplacement(matcher.group(1) + ids.get((place + 1) % ids.size())));
        }
        matcher.appendTail(others);
        forge(copy, "items.json", others.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.toList();
        }
    }

    private static void edit(Path version, String from, String to) throws IOException {
        Path manifest = version.resolve(MANIFEST);
        String before = Files.readString(manifest);
        if (!before.contains(from)) {
            throw new IllegalStateException("%s does not hold %s".formatted(manifest, from));
        }
        Files.writeString(manifest, before.replace(from, to));
    }

    /// Replaces a file and updates its size and checksum in the manifest.
    private static void forge(Path version, String name, byte[] bytes) throws IOException {
        Path file = version.resolve(name);
        byte[] before = Files.readAllBytes(file);
        Files.write(file, bytes);
        edit(version, sha256(before), sha256(bytes));
        Path manifest = version.resolve(MANIFEST);
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replaceFirst(
                                "(\"%s\" : \\{\\s*\"bytes\" : )%d".formatted(name, before.length),
                                "$1" + bytes.length));
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

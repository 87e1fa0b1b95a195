package io.diffmm.artifacts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Reads and writes `manifest.json`.
final class ManifestFile {

    /// Far more than any manifest needs; keeps a foreign file out of memory.
    private static final long MAXIMUM_BYTES = 1 << 20;

    private ManifestFile() {}

    static void write(Path directory, Manifest manifest) throws IOException {
        Json.write(directory.resolve(ArtifactFiles.MANIFEST), manifest);
    }

    /// @throws InvalidArtifactException if there is no manifest that this server understands
    static Manifest read(Path directory) {
        Path file = directory.resolve(ArtifactFiles.MANIFEST);
        try {
            ContainedFile.requireInside(directory, file);
            if (Files.size(file) > MAXIMUM_BYTES) {
                throw new InvalidArtifactException(file, "longer than %d bytes".formatted(MAXIMUM_BYTES));
            }
            JsonNode tree = Json.readTree(file);
            requireFormat(file, tree);
            if (!tree.path("created").isString()) {
                throw new InvalidArtifactException(file, "has no creation time");
            }
            return Json.convert(file, complete(tree), Manifest.class);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// What came later than the format: a manifest without it has none.
    private static JsonNode complete(JsonNode tree) {
        if (tree instanceof ObjectNode object) {
            object.putIfAbsent("gate", object.nullNode());
            object.putIfAbsent("blend", object.objectNode());
            object.putIfAbsent("members", object.arrayNode());
        }
        return tree;
    }

    /// Looked at before anything else: a newer format may have other fields.
    private static void requireFormat(Path file, JsonNode tree) {
        JsonNode format = tree.path("formatVersion");
        if (!format.isIntegralNumber()) {
            throw new InvalidArtifactException(file, "not the manifest of a model artifact: it has no formatVersion");
        }
        if (!format.canConvertToInt() || format.intValue() > Manifest.FORMAT_VERSION) {
            throw new InvalidArtifactException(
                    file,
                    "format %s is newer than this server reads (%d); update the server"
                            .formatted(abbreviate(format.asString()), Manifest.FORMAT_VERSION));
        }
        if (format.intValue() < 1) {
            throw new InvalidArtifactException(file, "there is no format %d".formatted(format.intValue()));
        }
    }

    private static String abbreviate(String number) {
        return number.length() <= 20 ? number : number.substring(0, 20) + "...";
    }
}

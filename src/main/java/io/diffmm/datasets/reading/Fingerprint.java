package io.diffmm.datasets.reading;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// SHA-256 fingerprint of a dataset, in hexadecimal.
///
/// Digests of every file: length of the name (4 bytes), name (UTF-8), size (8 bytes) and content. With a split or live
/// interactions it also digests the resulting ids and matrices. Numbers are big-endian.
final class Fingerprint {

    private Fingerprint() {}

    /// Returns the fingerprint of files that are used as they are.
    static String of(List<Path> files) {
        MessageDigest digest = sha256();
        files.forEach(file -> add(digest, file));
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Returns the fingerprint of files and of a split: the ids of users and items, the items of each user in `train`
    /// and in `valid`.
    static String of(List<Path> files, IdIndex users, ItemCatalogue items, InteractionMatrix train, HeldOut valid) {
        MessageDigest digest = sha256();
        files.forEach(file -> add(digest, file));
        addTexts(digest, users.ids());
        addTexts(digest, items.items().stream().map(Item::id).toList());
        for (int row = 0; row < train.rows(); row++) {
            addRow(digest, row, train.row(row));
        }
        valid.users().forEach(user -> addRow(digest, user.row().orElseThrow(), user.items()));
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void addTexts(MessageDigest digest, List<String> texts) {
        digest.update(bytes(texts.size()));
        texts.forEach(text -> addText(digest, text));
    }

    private static void addText(MessageDigest digest, String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        digest.update(bytes(utf8.length));
        digest.update(utf8);
    }

    private static void addRow(MessageDigest digest, int row, int[] items) {
        digest.update(bytes(row));
        digest.update(bytes(items.length));
        for (int item : items) {
            digest.update(bytes(item));
        }
    }

    private static ByteBuffer bytes(int number) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).flip();
    }

    private static void add(MessageDigest digest, Path file) {
        addText(digest, InputFiles.name(file));
        digest.update(
                ByteBuffer.allocate(Long.BYTES).putLong(InputFiles.size(file)).flip());
        ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
        try (FileChannel channel = FileChannel.open(file)) {
            while (channel.read(chunk) >= 0) {
                digest.update(chunk.flip());
                chunk.clear();
            }
        } catch (IOException e) {
            throw InputFiles.unreadable(file, e);
        }
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

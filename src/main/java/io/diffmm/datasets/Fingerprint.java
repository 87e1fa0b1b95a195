package io.diffmm.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// The SHA-256 of a dataset: of each file in turn its name's length and name, its size and its bytes;
/// where the files are not all, also of what was made of them and of live interactions.
final class Fingerprint {

    private Fingerprint() {}

    static String of(List<Path> files) {
        MessageDigest digest = sha256();
        files.forEach(file -> add(digest, file));
        return HexFormat.of().formatHex(digest.digest());
    }

    /// Of files, and of a division that is not theirs: the ids of users and items, each user's items in
    /// train, and in valid.
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
        addText(digest, DatasetFiles.fileName(file));
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

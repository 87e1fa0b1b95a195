package io.diffmm.recommendation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/// Identifies an answer by what it depends on and what it holds, so that every replica gives it the same id.
final class AnswerIds {

    private static final int BYTES = 16;
    private static final char SEPARATOR = '.';

    private AnswerIds() {}

    /// The id of `items` as the answer of `model` to the question that `question` tells apart from all others. It
    /// begins with the model's version, see [#version].
    static String of(ModelIdentity model, List<String> question, List<RecommendedItem> items) {
        MessageDigest digest = sha256();
        add(digest, model.name());
        add(digest, model.version());
        question.forEach(part -> add(digest, part));
        items.forEach(item -> add(digest, item.itemId()));
        return model.version() + SEPARATOR + HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    /// The version of the model whose answer an id is of; anything if it is no such id.
    static String version(String id) {
        int end = id.lastIndexOf(SEPARATOR);
        return end < 0 ? "" : id.substring(0, end);
    }

    /// The entity tag, without quotes, of an encoded answer: of the bytes themselves.
    static String tagOf(byte[] body) {
        return HexFormat.of().formatHex(sha256().digest(body), 0, BYTES);
    }

    /// With its length before it, so that no two lists of texts look alike.
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}

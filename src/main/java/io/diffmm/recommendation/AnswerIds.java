package io.diffmm.recommendation;

import io.diffmm.recommendation.Recommendations.RecommendedItem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.apache.commons.codec.digest.DigestUtils;

/// Ids and entity tags of answers: digests of their content and inputs, equal on every replica.
final class AnswerIds {

    private static final int BYTES = 16;
    private static final char SEPARATOR = '.';

    private AnswerIds() {}

    /// Returns the id of an answer, which begins with the version of the model; see [#version].
    ///
    /// @param question inputs of the answer that distinguish it from all other answers of the model
    /// @param items items of the answer, best first
    static String of(String model, String version, List<String> question, List<RecommendedItem> items) {
        MessageDigest digest = DigestUtils.getSha256Digest();
        add(digest, model);
        add(digest, version);
        question.forEach(part -> add(digest, part));
        items.forEach(item -> add(digest, item.itemId()));
        return version + SEPARATOR + HexFormat.of().formatHex(digest.digest(), 0, BYTES);
    }

    /// Returns the version of the model that an id begins with; an arbitrary text if the id has another form.
    static String version(String id) {
        int end = id.lastIndexOf(SEPARATOR);
        return end < 0 ? "" : id.substring(0, end);
    }

    /// Returns the entity tag of a body, without quotes.
    static String tagOf(byte[] body) {
        return HexFormat.of().formatHex(DigestUtils.sha256(body), 0, BYTES);
    }

    /// Adds a text with its length before it, so that no two lists of texts have the same digest.
    private static void add(MessageDigest digest, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
        digest.update(bytes);
    }
}

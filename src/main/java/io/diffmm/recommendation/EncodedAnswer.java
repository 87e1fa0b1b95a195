package io.diffmm.recommendation;

import io.diffmm.recommendation.Recommendations.AnswerKind;
import io.diffmm.recommendation.Recommendations.SimilarItems;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// Encoded answer, which is shared by all clients that request it.
///
/// Thread-safe. The compressed form is created at the first request for it.
public final class EncodedAnswer {

    /// Minimum size of a body that is compressed, in bytes; a smaller one fits into one packet uncompressed.
    static final int MIN_TO_COMPRESS = 1024;

    /// Number of bytes that add 1 to the weight.
    private static final int BYTES_PER_WEIGHT = 4096;

    private final AnswerKind kind;
    private final boolean provisional;
    private final byte[] body;
    private final String entityTag;

    /// Null until a client accepts it: most clients that call from another service do not.
    private volatile byte @Nullable [] gzip;

    /// Encoder of answers. Called once for each answer, by the thread that computes it.
    public interface AnswerEncoder {

        /// Returns the body of the answer to a user.
        byte[] encode(String userId, Recommendations answer);

        /// Returns the body of the answer to a request for similar items.
        byte[] encode(SimilarItems answer);
    }

    /// Creates an answer.
    ///
    /// @param body not copied
    /// @param provisional whether the answer lacks interactions that may be available again in a moment
    public EncodedAnswer(AnswerKind kind, byte[] body, boolean provisional) {
        this.kind = kind;
        this.provisional = provisional;
        this.body = body;
        this.entityTag = '"' + AnswerIds.tagOf(body) + '"';
    }

    /// Method by which the items were found.
    public AnswerKind kind() {
        return kind;
    }

    /// Returns whether the answer is kept for a moment only and does not replace a complete one.
    boolean provisional() {
        return provisional;
    }

    /// Body without compression; not to be written to.
    public byte[] body() {
        return body;
    }

    /// Strong entity tag of [#body], in quotes.
    public String entityTag() {
        return entityTag;
    }

    /// Returns whether the body is large enough to gain from compression.
    public boolean isCompressible() {
        return body.length >= MIN_TO_COMPRESS;
    }

    /// Body compressed by gzip, for an answer that is compressible; not to be written to.
    public byte[] gzip() {
        byte[] made = gzip;
        return made == null ? compressOnce() : made;
    }

    /// Strong entity tag of [#gzip], in quotes; that of [#body] if the answer is not compressible.
    public String gzipTag() {
        return isCompressible() ? entityTag.substring(0, entityTag.length() - 1) + "-gzip\"" : entityTag;
    }

    /// Share of the cache's maximum size: 1, and 1 more for every further 4 KiB of the body.
    int weight() {
        return 1 + body.length / BYTES_PER_WEIGHT;
    }

    private synchronized byte[] compressOnce() {
        byte[] made = gzip;
        if (made == null) {
            made = compress(body);
            gzip = made;
        }
        return made;
    }

    private static byte[] compress(byte[] body) {
        var compressed = new ByteArrayOutputStream(body.length / 2);
        try (var out = new GZIPOutputStream(compressed)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written to", e);
        }
        return compressed.toByteArray();
    }
}

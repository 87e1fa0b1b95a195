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
    private final Representation plain;

    /// Null until a client accepts it; most clients that are services do not.
    private volatile @Nullable Representation compressed;

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
        this.plain = new Representation('"' + AnswerIds.tagOf(body) + '"', body, false);
    }

    /// Method by which the items were found.
    public AnswerKind kind() {
        return kind;
    }

    /// Returns whether the answer is kept for a moment only and does not replace a complete one.
    boolean provisional() {
        return provisional;
    }

    /// Body without compression.
    public Representation plain() {
        return plain;
    }

    /// Body compressed by gzip; the plain one if it is too small for compression to pay.
    public Representation compressed() {
        Representation made = compressed;
        return made == null ? compressOnce() : made;
    }

    /// Entity tag of [#compressed], computed without compression.
    public String compressedTag() {
        return isWorthCompressing() ? plain.gzipTag() : plain.entityTag();
    }

    private boolean isWorthCompressing() {
        return plain.bytes.length >= MIN_TO_COMPRESS;
    }

    /// Share of the cache's maximum size: 1, and 1 more for every further 4 KiB of the body.
    int weight() {
        return 1 + plain.bytes.length / BYTES_PER_WEIGHT;
    }

    private synchronized Representation compressOnce() {
        Representation made = compressed;
        if (made == null) {
            made = isWorthCompressing() ? plain.gzip() : plain;
            compressed = made;
        }
        return made;
    }

    /// One content coding of an answer.
    public static final class Representation {

        private final String entityTag;
        private final byte[] bytes;
        private final boolean gzip;

        private Representation(String entityTag, byte[] bytes, boolean gzip) {
            this.entityTag = entityTag;
            this.bytes = bytes;
            this.gzip = gzip;
        }

        /// Strong entity tag, in quotes.
        public String entityTag() {
            return entityTag;
        }

        /// Body; must not be modified.
        public byte[] bytes() {
            return bytes;
        }

        /// Returns whether the body is compressed by gzip.
        public boolean isGzip() {
            return gzip;
        }

        private String gzipTag() {
            return entityTag.substring(0, entityTag.length() - 1) + "-gzip\"";
        }

        private Representation gzip() {
            var compressed = new ByteArrayOutputStream(bytes.length / 2);
            try (var out = new GZIPOutputStream(compressed)) {
                out.write(bytes);
            } catch (IOException e) {
                throw new UncheckedIOException("compression in memory failed", e);
            }
            return new Representation(gzipTag(), compressed.toByteArray(), true);
        }
    }
}

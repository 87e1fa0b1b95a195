package io.diffmm.recommendation;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// A finished answer in the form in which it is sent, made once and sent to everybody who asks.
public final class EncodedAnswer {

    /// A smaller body fits into one packet as it is.
    static final int LEAST_TO_COMPRESS = 1024;

    /// Answers heavier than this many bytes count as several; see [#weight].
    private static final int BYTES_PER_WEIGHT = 4096;

    private final AnswerKind kind;
    private final boolean provisional;
    private final Representation plain;

    /// Null until somebody asks for it: most clients that ask directly, service to service, do not.
    private volatile @Nullable Representation compressed;

    /// An answer.
    ///
    /// @param body taken over
    /// @param provisional whether something was missing that may be back in a moment
    public EncodedAnswer(AnswerKind kind, byte[] body, boolean provisional) {
        this.kind = kind;
        this.provisional = provisional;
        this.plain = new Representation('"' + AnswerIds.tagOf(body) + '"', body, false);
    }

    /// How it was found.
    public AnswerKind kind() {
        return kind;
    }

    /// Whether it is worth less than the answer of a moment later, or before.
    boolean provisional() {
        return provisional;
    }

    /// The body as it is.
    public Representation plain() {
        return plain;
    }

    /// The body compressed by gzip; the plain one if it is too small for that to pay.
    public Representation compressed() {
        Representation made = compressed;
        return made == null ? compressOnce() : made;
    }

    /// The tag of [#compressed], without making it.
    public String compressedTag() {
        return isWorthCompressing() ? plain.gzipTag() : plain.entityTag();
    }

    private boolean isWorthCompressing() {
        return plain.bytes.length >= LEAST_TO_COMPRESS;
    }

    /// What it takes of the cache: 1, and 1 more for every further 4 KB of its body.
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

    /// One form of an answer.
    public static final class Representation {

        private final String entityTag;
        private final byte[] bytes;
        private final boolean gzip;

        private Representation(String entityTag, byte[] bytes, boolean gzip) {
            this.entityTag = entityTag;
            this.bytes = bytes;
            this.gzip = gzip;
        }

        /// Tells this form of this answer from every other; in quotes.
        public String entityTag() {
            return entityTag;
        }

        /// Not to be written to.
        public byte[] bytes() {
            return bytes;
        }

        /// Whether the bytes are compressed by gzip.
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
                throw new UncheckedIOException("memory cannot be written to", e);
            }
            return new Representation(gzipTag(), compressed.toByteArray(), true);
        }
    }
}

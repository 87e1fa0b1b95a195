package io.diffmm.recommendation;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.recommendation.Recommendations.AnswerKind;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

class EncodedAnswerTest {

    private static final byte[] LARGE = "{\"items\": []}".repeat(200).getBytes(StandardCharsets.UTF_8);

    @Test
    void gzip_largeBody_isMadeOnceAndHasItsOwnTag() throws Exception {
        var answer = new EncodedAnswer(AnswerKind.POPULAR, LARGE, false);

        byte[] compressed = answer.gzip();

        assertThat(answer.isCompressible()).isTrue();
        String tag = answer.entityTag();
        assertThat(answer.gzipTag()).isEqualTo(tag.substring(0, tag.length() - 1) + "-gzip\"");
        assertThat(compressed).hasSizeLessThan(LARGE.length / 2);
        try (var body = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
            assertThat(body.readAllBytes()).isEqualTo(LARGE);
        }
        assertThat(answer.gzip()).isSameAs(compressed);
    }

    @Test
    void entityTag_isOfTheBytes() {
        assertThat(tag("one")).isEqualTo(tag("one")).isNotEqualTo(tag("two"));
    }

    private static String tag(String body) {
        return new EncodedAnswer(AnswerKind.POPULAR, body.getBytes(StandardCharsets.UTF_8), false).entityTag();
    }

    @Test
    void smallBody_isNotCompressible() {
        var answer = new EncodedAnswer(AnswerKind.POPULAR, new byte[EncodedAnswer.MIN_TO_COMPRESS - 1], false);

        assertThat(answer.isCompressible()).isFalse();
        assertThat(answer.gzipTag()).isEqualTo(answer.entityTag());
    }
}

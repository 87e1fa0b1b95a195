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
    void compressed_largeBody_isMadeOnceAndHasItsOwnTag() throws Exception {
        var answer = new EncodedAnswer(AnswerKind.POPULAR, LARGE, false);

        EncodedAnswer.Representation compressed = answer.compressed();

        assertThat(compressed.isGzip()).isTrue();
        String tag = answer.plain().entityTag();
        assertThat(compressed.entityTag()).isEqualTo(tag.substring(0, tag.length() - 1) + "-gzip\"");
        assertThat(compressed.bytes()).hasSizeLessThan(LARGE.length / 2);
        try (var body = new GZIPInputStream(new ByteArrayInputStream(compressed.bytes()))) {
            assertThat(body.readAllBytes()).isEqualTo(LARGE);
        }
        assertThat(answer.compressed()).isSameAs(compressed);
    }

    @Test
    void entityTag_isOfTheBytes() {
        assertThat(tag("one")).isEqualTo(tag("one")).isNotEqualTo(tag("two"));
    }

    private static String tag(String body) {
        return new EncodedAnswer(AnswerKind.POPULAR, body.getBytes(StandardCharsets.UTF_8), false)
                .plain()
                .entityTag();
    }

    @Test
    void compressed_smallBody_isThePlainOne() {
        var answer = new EncodedAnswer(AnswerKind.POPULAR, new byte[EncodedAnswer.MIN_TO_COMPRESS - 1], false);

        assertThat(answer.compressed()).isSameAs(answer.plain());
    }
}

package io.diffmm.api;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;

class AcceptEncodingTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "gzip",
                "GZip",
                "x-gzip",
                "*",
                "gzip, deflate, br, zstd",
                "br;q=1.0, gzip;q=0.8, *;q=0.1",
                "identity;q=0.5, *;q=0.5",
                "gzip; q=0.001",
                "gzip;q=1.000",
            })
    void gzip_accepted(String header) {
        assertThat(AnswerWriter.allowsGzip(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "identity",
                "br",
                "gzip;q=0",
                "gzip;q=0.000",
                "gzip;q=0, *",
                "*;q=0",
                "gzip;q=0.5, identity",
                "gzip;q=high",
                "gzip;q=2",
                "gzipped",
                ";,;=",
            })
    void gzip_notAccepted(String header) {
        assertThat(AnswerWriter.allowsGzip(header)).isFalse();
    }

    @Test
    void severalHeaders_countAsOne() {
        var request = new MockHttpServletRequest();
        assertThat(AnswerWriter.allowsGzip(request)).isFalse();

        request.addHeader("Accept-Encoding", "br");
        request.addHeader("Accept-Encoding", "gzip");
        assertThat(AnswerWriter.allowsGzip(request)).isTrue();
    }
}

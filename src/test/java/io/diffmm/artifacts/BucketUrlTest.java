package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.BucketSettings.BucketUrl;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketUrlTest {

    @Test
    void parse_dividesBucketAndPrefix() {
        assertThat(BucketUrl.parse("s3://models")).isEqualTo(new BucketUrl("models", ""));
        assertThat(BucketUrl.parse("s3://models/")).isEqualTo(new BucketUrl("models", ""));
        assertThat(BucketUrl.parse("s3://models/a/b/")).isEqualTo(new BucketUrl("models", "a/b"));
        assertThat(BucketUrl.parse("s3://models/a/b")).hasToString("s3://models/a/b");
    }

    @Test
    void keys_areBelowThePrefix() {
        assertThat(BucketUrl.parse("s3://models").resolve("demo").key("current"))
                .isEqualTo("demo/current");
        assertThat(BucketUrl.parse("s3://models/a").resolve("demo").key("")).isEqualTo("a/demo/");
        assertThat(BucketUrl.parse("s3://models").key("")).isEmpty();
        assertThat(BucketUrl.parse("s3://models/a/demo").name()).isEqualTo("demo");
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://", "s3:///a", "s3://../a", "s3://a b", "s3://models//a", "s3://models/a//"})
    void parse_noBucketOrEmptyNames_isRefused(String url) {
        assertThatThrownBy(() -> BucketUrl.parse(url)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9000", "s3.example.org", "ftp://example.org", "http:///x"})
    void endpoint_thatIsNoUrl_isRefused(String endpoint) {
        assertThatThrownBy(() -> new BucketSettings(
                        Optional.of(URI.create(endpoint)), Optional.empty(), false, Path.of("cache")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(endpoint);
    }
}

package io.diffmm.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.AsyncCache;
import io.diffmm.deployment.FakeRepository;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.runtime.FakeModelRuntime;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.annotation.Bean;

/// A server that warmed up with a fake model runtime, at a context path.
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "spring.main.allow-bean-definition-overriding=true",
            "server.servlet.context-path=/films",
            "diffmm.interactions.directory=target/interactions-${random.uuid}",
            "diffmm.warm-up.time=1s"
        })
class WarmUpTest {

    private static final FakeModelRuntime RUNTIME = new FakeModelRuntime();

    @LocalServerPort
    private int port;

    @Autowired
    private AsyncCache<?, ?> recommendationCache;

    @Autowired
    private WarmUp warmUp;

    @Test
    void run_sendsRequests_thatMetersDoNotHave() throws Exception {
        assertThat(warmUp.requests()).isGreaterThan(20);
        assertThat(RUNTIME.requests()).hasSizeBetween(10, warmUp.requests() - 1); // the cache has answered the others
        assertThat(Set.copyOf(RUNTIME.requests())).hasSizeGreaterThan(5); // with different limits
        assertThat(recommendationCache.synchronous().asMap()).isEmpty();
        String before = get("/films/actuator/prometheus");
        assertThat(before)
                .doesNotContain("uri=\"/users/{userId}/recommendations\"")
                .doesNotContain("diffmm_recommendations_total{")
                .doesNotContain("diffmm_recommendation_answer_seconds_count{");
        get("/films/users/u1/recommendations");
        assertThat(get("/films/actuator/prometheus"))
                .containsPattern(
                        "http_server_requests_seconds_count\\{.*uri=\"/users/\\{userId}/recommendations\"} 1\n")
                .containsPattern("diffmm_recommendations_total\\{.*} 1\\.0\n");
    }

    @ParameterizedTest
    @CsvSource({
        ", http://127.0.0.1:80/films",
        "0.0.0.0, http://127.0.0.1:80/films",
        "10.0.0.7, http://10.0.0.7:80/films",
        "::, http://127.0.0.1:80/films",
        "::1, http://[0:0:0:0:0:0:0:1]:80/films"
    })
    void address_ofAServer_isReachableOnThisMachine(@Nullable String bound, String expected) {
        InetAddress address = bound == null ? null : InetAddress.ofLiteral(bound);

        assertThat(WarmUp.address(address, 80, "/films")).isEqualTo(expected);
    }

    private String get(String path) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                    .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class Fake {

        @Bean
        ModelDeployment modelDeployment() {
            return FakeRepository.deployment(RUNTIME);
        }
    }
}

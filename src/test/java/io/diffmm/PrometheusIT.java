package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.diffmm.chart.RenderedRules;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.images.builder.Transferable;
import org.testcontainers.utility.DockerImageName;
import tools.jackson.databind.JsonNode;

/// Prometheus scrapes the image as configured for `docker-compose.yml`; all expressions of dashboard and rules return
/// series.
@NeedsDocker
@Execution(ExecutionMode.CONCURRENT) // waits for scrapes most of its time
class PrometheusIT {

    /// Environment variable with an alternative, compatible image.
    private static final String IMAGE = "DIFFMM_TEST_PROMETHEUS_IMAGE";

    private static final int PORT = 9090;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private static final String CANARY = "99999999-canary";
    private static final int USERS = 8;

    @TempDir
    static Path directory;

    private static Network network;
    private static HttpServer kubernetes;
    private static GenericContainer<?> server;
    private static GenericContainer<?> prometheus;

    @BeforeAll
    static void start() throws Exception {
        network = Network.newNetwork();
        kubernetes = kubernetesMetrics();
        server = ServerImage.container()
                .withNetwork(network)
                .withNetworkAliases("diffmm-server")
                .withFileSystemBind(modelWithCanary().toString(), "/artifacts", BindMode.READ_ONLY)
                .withEnv("DIFFMM_CANARY_VERSION", CANARY)
                .withEnv("DIFFMM_CANARY_SHARE", "0.5");
        server.start();
        String image = Optional.ofNullable(System.getenv(IMAGE)).orElse("prom/prometheus:v3.5.0");
        prometheus = new GenericContainer<>(DockerImageName.parse(image))
                .withNetwork(network)
                .withExposedPorts(PORT)
                .withCopyToContainer(Transferable.of(configuration()), "/etc/prometheus/prometheus.yml")
                .withCopyToContainer(
                        Transferable.of(Files.readString(MonitoringFiles.RULES)), "/etc/prometheus/rules.yaml")
                .withCopyToContainer(
                        Transferable.of(Files.readString(MonitoringFiles.RULES_TEST)),
                        "/etc/prometheus/rules.test.yaml")
                .withCopyToContainer(Transferable.of(RenderedRules.of("shop")), "/etc/prometheus/shop/rules.yaml")
                .withCopyToContainer(
                        Transferable.of(Files.readString(MonitoringFiles.RULES_TEST)),
                        "/etc/prometheus/shop/rules.test.yaml")
                .waitingFor(Wait.forHttp("/-/ready"));
        prometheus.start();
    }

    /// Creates a directory with the version of the demo model and a copy of it as canary.
    private static Path modelWithCanary() throws IOException {
        Path models = directory.resolve("models");
        Path model = Files.createDirectories(models.resolve("demo"));
        Path demo = Path.of("model-artifacts/demo");
        String version = Files.readString(demo.resolve("current")).strip();
        Path copy = Files.createDirectory(model.resolve(version));
        try (Stream<Path> files = Files.list(demo.resolve(version))) {
            for (Path file : files.toList()) {
                Files.copy(file, copy.resolve(file.getFileName()));
            }
        }
        var versions = new Versions(model);
        versions.publish(version);
        versions.copied(version, CANARY);
        return models;
    }

    /// Returns the configuration of Docker Compose with shorter intervals and an additional target for training jobs.
    private static String configuration() throws IOException {
        return Files.readString(Path.of("deploy/compose/prometheus.yml"))
                        .replaceAll("_interval: \\d+s", "_interval: 1s")
                + """
                  - job_name: kube-state-metrics
                    static_configs:
                      - targets: ["%s:%d"]
                """.formatted(gateway(), kubernetes.getAddress().getPort());
    }

    /// Returns the address of this machine in the network of the containers.
    private static String gateway() {
        return Objects.requireNonNull(DockerClientFactory.instance()
                .client()
                .inspectNetworkCmd()
                .withNetworkId(network.getId())
                .exec()
                .getIpam()
                .getConfig()
                .getFirst()
                .getGateway());
    }

    /// Starts an endpoint with the metrics of kube-state-metrics for a failed training job.
    private static HttpServer kubernetesMetrics() throws IOException {
        byte[] page = """
                kube_job_owner{namespace="shop",job_name="diffmm-server-training-29",owner_kind="CronJob",owner_name="diffmm-server-training"} 1
                kube_job_status_start_time{namespace="shop",job_name="diffmm-server-training-29"} 1.7e+09
                kube_job_complete{namespace="shop",job_name="diffmm-server-training-29",condition="true"} 0
                kube_job_failed{namespace="shop",job_name="diffmm-server-training-29",condition="true"} 1
                """.getBytes(StandardCharsets.UTF_8);
        HttpServer http = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0), 0);
        http.createContext("/metrics", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "text/plain; version=0.0.4");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        http.start();
        return http;
    }

    @AfterAll
    static void stop() {
        prometheus.stop();
        server.stop();
        kubernetes.stop(0);
        network.close();
        CLIENT.close();
    }

    @Test
    void expressions_ofDashboardAndRules_returnSeries() throws Exception {
        List<String> all = Stream.concat(MonitoringFiles.queries(), MonitoringFiles.ruleQueries())
                .toList();
        var silent = new TreeSet<>(all);
        Instant limit = Instant.now().plus(LIMIT);

        while (silent.size() > exceptions().size() && Instant.now().isBefore(limit)) {
            sendRequests();
            Thread.sleep(1_000);
            for (String expression : List.copyOf(silent)) {
                if (!query(expression).isEmpty()) {
                    silent.remove(expression);
                }
            }
        }

        assertThat(all).hasSizeGreaterThan(70);
        assertThat(silent).isEqualTo(exceptions());
        assertThat(silent)
                .filteredOn(expression -> expression.contains("DCGM_"))
                .hasSize(2);
    }

    /// Returns the expressions that return no series in this test: those for GPUs.
    private static Set<String> exceptions() throws IOException {
        var exceptions = new TreeSet<String>();
        MonitoringFiles.queries()
                .filter(expression -> expression.contains("DCGM_"))
                .forEach(exceptions::add);
        return exceptions;
    }

    /// Sends one request of each kind, so that every meter has a value.
    private static void sendRequests() throws Exception {
        int port = server.getMappedPort(ServerImage.PORT);
        Http.get(CLIENT, port, "/items/v1/similar", 200);
        for (int user = 1; user <= USERS; user++) {
            JsonNode answer = Http.get(CLIENT, port, "/users/u%d/recommendations".formatted(user), 200);
            Http.post(
                    CLIENT,
                    port,
                    "/users/u%d/interactions".formatted(user),
                    "{\"itemId\": \"v1\", \"recommendationId\": \"%s\"}"
                            .formatted(answer.get("recommendationId").asString()),
                    200);
        }
    }

    @Test
    void canary_serves_andMetersContainItsVersion() throws Exception {
        int port = server.getMappedPort(ServerImage.PORT);
        var versions = new TreeSet<String>();
        for (int user = 1; user <= USERS; user++) {
            JsonNode answer = Http.get(CLIENT, port, "/users/u%d/recommendations".formatted(user), 200);
            String version = answer.at("/model/version").asString();
            assertThat(answer.get("recommendationId").asString()).startsWith(version + ".");
            versions.add(version);
        }
        assertThat(versions).hasSize(2).contains(CANARY);
        sendRequests();

        String meters = Http.send(CLIENT, port, "/actuator/prometheus").body();
        for (String name : List.of(
                "diffmm_recommendations_total",
                "diffmm_recommendations_followed_total",
                "diffmm_recommendation_answer_seconds_count",
                "diffmm_model_info")) {
            for (String version : versions) {
                assertThat(meters.lines())
                        .as("%s of %s", name, version)
                        .anyMatch(line ->
                                line.startsWith(name + "{") && line.contains("version=\"%s\"".formatted(version)));
            }
        }
    }

    private static JsonNode query(String expression) throws Exception {
        JsonNode answer = prometheus("/api/v1/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        assertThat(answer.get("status").asString())
                .as("%s: %s", expression, answer)
                .isEqualTo("success");
        return answer.at("/data/result");
    }

    private static JsonNode prometheus(String path) throws Exception {
        URI uri = URI.create("http://localhost:%d%s".formatted(prometheus.getMappedPort(PORT), path));
        return Http.parsed(CLIENT.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString())
                .body());
    }

    @Test
    void rules_areLoaded_andTheTrainingAlertFires() throws Exception {
        Instant limit = Instant.now().plus(LIMIT);
        List<String> firing = List.of();
        while (firing.isEmpty() && Instant.now().isBefore(limit)) {
            Thread.sleep(500);
            firing = alerts("firing");
        }

        assertThat(firing).containsExactly("DiffmmTrainingFailed");
        JsonNode groups = prometheus("/api/v1/rules").at("/data/groups");
        assertThat(groups.findValuesAsString("name"))
                .containsAll(MonitoringFiles.alerts()
                        .map(MonitoringFiles.Alert::name)
                        .toList());
        assertThat(groups.findValuesAsString("lastError")).isEmpty();
    }

    private static List<String> alerts(String state) throws Exception {
        return StreamSupport.stream(
                        prometheus("/api/v1/alerts").at("/data/alerts").spliterator(), false)
                .filter(alert -> alert.get("state").asString().equals(state))
                .map(alert -> alert.at("/labels/alertname").asString())
                .distinct()
                .toList();
    }

    /// Tests the rules of the file, and those that the chart renders for a namespace.
    @ParameterizedTest
    @ValueSource(strings = {"/etc/prometheus", "/etc/prometheus/shop"})
    void alerts_passTheirUnitTests(String rules) throws Exception {
        ExecResult result = prometheus.execInContainer("promtool", "test", "rules", rules + "/rules.test.yaml");

        assertThat(result.getExitCode())
                .as(result.getStdout() + result.getStderr())
                .isZero();
    }
}

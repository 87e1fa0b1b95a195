package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Consistency of `docker-compose.yml`: referenced files, volumes and services exist, and host names and ports agree.
class ComposeTest {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final String SERVICE = "diffmm-server";
    private static final JsonNode COMPOSE = yaml("docker-compose.yml");
    private static final JsonNode SERVICES = COMPOSE.get("services");
    private static final List<String> CONDITIONS =
            List.of("service_started", "service_healthy", "service_completed_successfully");

    /// File or volume mounted into a container: `SOURCE:TARGET[:ro]`.
    private record Mount(String service, String source, String target) {

        boolean isFile() {
            return source.startsWith(".") || source.startsWith("/");
        }
    }

    private static JsonNode yaml(String file) {
        return YAML.readTree(Path.of(file).toFile());
    }

    private static List<Mount> mounts() {
        return SERVICES.properties().stream()
                .flatMap(service -> elements(service.getValue().path("volumes"))
                        .map(mount -> mount.asString().split(":"))
                        .map(parts -> new Mount(service.getKey(), parts[0], parts[1])))
                .toList();
    }

    private static Stream<JsonNode> elements(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false);
    }

    /// Returns the file of this repository that is mounted at a path of a service.
    private static Path mounted(String service, String path) {
        return mounts().stream()
                .filter(mount -> mount.service().equals(service) && mount.isFile())
                .filter(mount -> path.equals(mount.target()) || path.startsWith(mount.target() + "/"))
                .map(mount ->
                        Path.of(mount.source() + path.substring(mount.target().length())))
                .findFirst()
                .orElseThrow(() -> new AssertionError("service %s mounts nothing at %s".formatted(service, path)));
    }

    @Test
    void mountedFiles_exist() {
        List<Mount> files = mounts().stream().filter(Mount::isFile).toList();

        assertThat(files).hasSizeGreaterThanOrEqualTo(5);
        assertThat(files)
                .allSatisfy(mount -> assertThat(Path.of(mount.source())).exists());
    }

    @Test
    void volumes_areDeclared_andUsed() {
        var used = new TreeSet<String>();
        mounts().stream().filter(mount -> !mount.isFile()).map(Mount::source).forEach(used::add);

        assertThat(used).isEqualTo(new TreeSet<>(COMPOSE.get("volumes").propertyNames()));
    }

    @Test
    void dependencies_areServices_withValidConditions() {
        for (Map.Entry<String, JsonNode> service : SERVICES.properties()) {
            JsonNode dependencies = service.getValue().path("depends_on");
            if (dependencies.isArray()) {
                assertThat(elements(dependencies).map(JsonNode::asString)).allMatch(SERVICES::has);
            } else {
                assertThat(dependencies.propertyNames()).allMatch(SERVICES::has);
                assertThat(dependencies.properties())
                        .extracting(dependency ->
                                dependency.getValue().get("condition").asString())
                        .allMatch(CONDITIONS::contains);
            }
        }
        assertThat(condition("train", "dataset")).isEqualTo("service_completed_successfully");
        assertThat(condition(SERVICE, "postgres")).isEqualTo("service_healthy");
        assertThat(SERVICES.get("postgres").has("healthcheck")).isTrue();
    }

    private static String condition(String service, String dependency) {
        return SERVICES.get(service)
                .at("/depends_on/%s/condition".formatted(dependency))
                .asString();
    }

    @Test
    void image_isBuiltFromTheDockerfile_andHardened() throws Exception {
        JsonNode image = COMPOSE.get("x-image");
        JsonNode build = SERVICES.get(SERVICE).get("build");

        assertThat(Files.readString(Path.of("Dockerfile")))
                .contains(" AS " + build.get("target").asString());
        build.get("args")
                .propertyNames()
                .forEach(argument -> assertThat(Path.of("Dockerfile")).content().contains("ARG " + argument));
        assertThat(image.get("read_only").asBoolean()).isTrue();
        assertThat(image.at("/cap_drop/0").asString()).isEqualTo("ALL");
    }

    /// Concurrent builds of one image name interfere with each other. YAML merge keys are resolved as Compose does.
    @Test
    void images_areBuiltByOneServiceEach() throws Exception {
        Map<String, Map<String, Map<String, Object>>> merged =
                new Yaml().load(Files.readString(Path.of("docker-compose.yml")));
        List<Object> built = Objects.requireNonNull(merged.get("services")).values().stream()
                .filter(service -> service.containsKey("build"))
                .map(service -> service.get("image"))
                .toList();

        assertThat(built).containsExactly("diffmm-server").doesNotHaveDuplicates();
    }

    /// Ports published beyond the loopback interface would give access to every host of the network.
    @Test
    void ports_areBoundToLoopback() {
        List<String> ports = SERVICES.valueStream()
                .flatMap(service -> elements(service.path("ports")))
                .map(JsonNode::asString)
                .toList();

        assertThat(ports).hasSize(3).allMatch(port -> port.startsWith("127.0.0.1:"));
    }

    @Test
    void prometheus_scrapesTheServer_andLoadsTheRules() {
        JsonNode prometheus =
                yaml(mounted("prometheus", "/etc/prometheus/prometheus.yml").toString());

        assertThat(prometheus.at("/scrape_configs/0/static_configs/0/targets/0").asString())
                .isEqualTo(SERVICE + ":8080");
        assertThat(elements(prometheus.get("rule_files")).map(JsonNode::asString))
                .allSatisfy(rules -> assertThat(mounted("prometheus", rules)).isRegularFile());
    }

    @Test
    void grafana_hasPrometheusAndTheDashboard() {
        String provisioning = "/etc/grafana/provisioning/";
        JsonNode source = yaml(mounted("grafana", provisioning + "datasources/prometheus.yaml")
                        .toString())
                .at("/datasources/0");
        JsonNode provider = yaml(mounted("grafana", provisioning + "dashboards/diffmm-server.yaml")
                        .toString())
                .at("/providers/0");
        String home = SERVICES.at("/grafana/environment/GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH")
                .asString();

        assertThat(source.get("url").asString()).isEqualTo("http://prometheus:9090");
        assertThat(home).startsWith(provider.at("/options/path").asString() + "/");
        assertThat(mounted("grafana", home)).isRegularFile();
    }

    /// `.dockerignore` includes all files that the Dockerfile copies, and they exist after the jar has been built.
    @Test
    void dockerignore_includesTheCopiedFiles() throws Exception {
        List<String> included = Files.readAllLines(Path.of(".dockerignore")).stream()
                .filter(line -> line.startsWith("!"))
                .map(line -> line.substring(1))
                .toList();
        Matcher copied = Pattern.compile("(?m)^COPY (?!--from)(?:--\\S+ )*(.*) \\S+$")
                .matcher(Files.readString(Path.of("Dockerfile")));

        assertThat(included)
                .filteredOn(path -> !path.startsWith("target/"))
                .allSatisfy(path -> assertThat(Path.of(path)).exists());
        assertThat(copied.results()
                        .flatMap(line -> Stream.of(line.group(1).split(" ")))
                        .filter(path -> !path.equals(".")))
                .isNotEmpty()
                .allSatisfy(path -> {
                    assertThat(Path.of(path)).exists();
                    assertThat(included).anyMatch(path::startsWith);
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"deploy/image", "deploy/compose/visitors", "mvnw"})
    void scripts_areExecutable(String path) throws Exception {
        try (Stream<Path> files = Files.walk(Path.of(path))) {
            assertThat(files.filter(Files::isRegularFile)).isNotEmpty().allMatch(Files::isExecutable);
        }
    }
}

package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.Bind;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.containers.startupcheck.OneShotStartupCheckStrategy;
import org.testcontainers.containers.wait.strategy.AbstractWaitStrategy;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// The container image with PostgreSQL, an unprivileged user and a read-only root file system, as on Kubernetes.
@NeedsDocker
class ImageIT {

    private static final Duration READY = Duration.ofSeconds(6);
    private static final Duration HEALTHY = Duration.ofSeconds(30);
    private static final long MEGABYTE = 1_000_000;
    private static final int STARTS = 3;
    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @TempDir
    static Path directory;

    private static Network network;
    private static PostgreSQLContainer postgres;
    private static GenericContainer<?> server;

    @BeforeAll
    static void start() {
        network = Network.newNetwork();
        postgres = PostgresContainer.container().withNetwork(network).withNetworkAliases("postgres");
        postgres.start();
        server = replica();
        server.start();
    }

    private static GenericContainer<?> replica() {
        return ServerImage.container()
                .withEnv(ServerImage.WARM_UP, "1s")
                .withNetwork(network)
                .withEnv("SPRING_DATASOURCE_URL", "jdbc:postgresql://postgres/" + postgres.getDatabaseName())
                .withEnv("SPRING_DATASOURCE_USERNAME", postgres.getUsername())
                .withEnv("SPRING_DATASOURCE_PASSWORD", postgres.getPassword());
    }

    @AfterAll
    static void stop() {
        server.stop();
        postgres.stop();
        network.close();
        CLIENT.close();
    }

    @Test
    void recommendations_reflectAWriteToPostgres() throws Exception {
        int port = server.getMappedPort(ServerImage.PORT);

        var before = Http.get(CLIENT, port, "/users/newcomer/recommendations?limit=3", 200);
        Http.post(CLIENT, port, "/users/newcomer/interactions", "{\"itemId\": \"v17\"}", 200);
        var after = Http.get(CLIENT, port, "/users/newcomer/recommendations?limit=3", 200);

        assertThat(before.get("strategy").asString()).isEqualTo("popular");
        assertThat(after.get("strategy").asString()).isEqualTo("personalized");
        assertThat(after.get("items")).hasSize(3);
        assertThat(rows()).isOne();
    }

    @Test
    void recommendations_ofAnotherReplica_reflectAWrite() throws Exception {
        try (GenericContainer<?> other = replica()) {
            other.start();
            int port = other.getMappedPort(ServerImage.PORT);
            String path = "/users/visitor/recommendations?limit=3";
            assertThat(Http.get(CLIENT, port, path, 200).get("strategy").asString())
                    .isEqualTo("popular"); // and cached

            Http.post(
                    CLIENT,
                    server.getMappedPort(ServerImage.PORT),
                    "/users/visitor/interactions",
                    "{\"itemId\": \"v17\"}",
                    200);

            Instant limit = Instant.now().plus(HEALTHY);
            String strategy = "";
            while (!strategy.equals("personalized") && Instant.now().isBefore(limit)) {
                strategy = Http.get(CLIENT, port, path, 200).get("strategy").asString();
            }
            assertThat(strategy).isEqualTo("personalized");
        }
    }

    /// Returns the number of interactions of the newcomer in the database.
    private static int rows() throws SQLException {
        try (Connection connection = DriverManager.getConnection(
                        postgres.getJdbcUrl(), postgres.getUsername(), postgres.getPassword());
                Statement statement = connection.createStatement();
                ResultSet count =
                        statement.executeQuery("select count(*) from interaction where user_id = 'newcomer'")) {
            count.next();
            return count.getInt(1);
        }
    }

    @Test
    void process_isUnprivileged_andCannotWriteToTheImage() throws Exception {
        assertThat(inServer("id -u")).isEqualTo("10001");
        assertThat(inServer("touch /app/x /x 2>/dev/null || echo refused")).isEqualTo("refused");
        assertThat(inServer("ls /data")).as("the database is PostgreSQL").isEmpty();
    }

    @Test
    void process_usesTheAotCache() throws Exception {
        assertThat(inServer("grep -c diffmm-server.aot /proc/1/maps")).isNotEqualTo("0");
        assertThat(server.getLogs()).contains("Serving demo").doesNotContain("warning", "WARN");
    }

    @Test
    void javaToolOptions_overrideThoseOfTheImage() throws Exception {
        assertThat(heapShare("")).isCloseTo(0.4, within(0.01));
        assertThat(heapShare("JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=25 ")).isCloseTo(0.25, within(0.01));
    }

    /// Returns the share of the container's memory that the heap may use.
    private static double heapShare(String variables) throws IOException, InterruptedException {
        String flags = variables + "java -XX:+PrintFlagsFinal -version 2>/dev/null";
        String maximum = inServer(flags + " | sed -n 's/.* MaxHeapSize *= *\\([0-9]*\\).*/\\1/p'");
        return Double.parseDouble(maximum) / ServerImage.MEMORY;
    }

    @Test
    void healthCheck_reportsTheServerHealthy() throws Exception {
        Instant limit = Instant.now().plus(HEALTHY);
        String status = "";
        while (!status.equals("healthy") && Instant.now().isBefore(limit)) {
            Thread.sleep(200);
            status = Objects.requireNonNull(inspect(server).getState().getHealth())
                    .getStatus();
        }

        assertThat(status).isEqualTo("healthy");
        assertThat(inServer("SERVER_PORT=9 /app/bin/healthcheck 2>/dev/null || echo unhealthy"))
                .isEqualTo("unhealthy");
    }

    private static String inServer(String command) throws IOException, InterruptedException {
        return server.execInContainer("bash", "-c", command).getStdout().strip();
    }

    /// Registries store compressed layers; the native library of the engine alone has 357 MB uncompressed.
    @Test
    void image_isSmall() throws Exception {
        long unpacked = Objects.requireNonNull(
                docker().inspectImageCmd(ServerImage.name()).exec().getSize());
        var compressed = new Counting();
        var fastest = new Deflater(Deflater.BEST_SPEED);
        try (InputStream image = docker().saveImageCmd(ServerImage.name()).exec();
                var deflater = new DeflaterOutputStream(compressed, fastest)) {
            image.transferTo(deflater);
        } finally {
            fastest.end();
        }

        System.out.printf(
                "size of the image: at most %d MB compressed, %d MB unpacked%n",
                compressed.count / MEGABYTE, unpacked / MEGABYTE);
        assertThat(compressed.count).isLessThan(500 * MEGABYTE);
        assertThat(unpacked).isLessThan(800 * MEGABYTE);
    }

    private static final class Counting extends OutputStream {

        private long count;

        @Override
        public void write(int value) {
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            count += length;
        }
    }

    /// Starts several times, without warm-up, and requires one start in time, without the processor time of other
    /// processes on this machine.
    @Test
    void server_withModelOfMovieLensSize_isReadyInTime() throws Exception {
        publishLargeModel();
        List<Start> starts = new ArrayList<>();
        for (int i = 0; i < STARTS; i++) {
            starts.add(start(directory.resolve("models")));
        }

        System.out.printf("ready after %s%n", starts);
        assertThat(starts).extracting(Start::alone).anyMatch(taken -> taken.compareTo(READY) < 0);
    }

    private static void publishLargeModel() throws IOException, InterruptedException {
        Jar.Result made = Jar.run(
                directory,
                "generate --artifact --out models --users 6040 --items 3706 --hidden 1000 --modalities 1".split(" "));
        assertThat(made.exitCode()).as(made.err()).isZero();
    }

    /// Returns the time from the start of a container until it is ready.
    ///
    /// @param others processor time per core of other processes during the start
    private record Start(Duration taken, Duration others) {

        Duration alone() {
            return taken.minus(others);
        }
    }

    private static Start start(Path models) throws Exception {
        try (GenericContainer<?> large = ServerImage.container()
                .withFileSystemBind(models.toString(), "/artifacts", BindMode.READ_ONLY)
                .waitingFor(new EagerWait())) {
            Duration before = ProcessorTime.ofMachine();
            Instant start = Instant.now();
            large.start();
            Duration taken = Duration.between(start, Instant.now());
            Duration all = ProcessorTime.ofMachine().minus(before);
            Duration own = ProcessorTime.ofProcess(
                    large.execInContainer("cat", "/proc/1/stat").getStdout());
            return new Start(
                    taken, all.minus(own).dividedBy(Runtime.getRuntime().availableProcessors()));
        }
    }

    /// Polls every few milliseconds.
    private static final class EagerWait extends AbstractWaitStrategy {

        @Override
        protected void waitUntilReady() {
            Instant limit = Instant.now().plus(startupTimeout);
            while (!ready()) {
                if (Instant.now().isAfter(limit)) {
                    throw new IllegalStateException("not ready within " + startupTimeout);
                }
            }
        }

        private boolean ready() {
            try {
                Thread.sleep(20);
                return Http.send(
                                        CLIENT,
                                        waitStrategyTarget.getMappedPort(ServerImage.PORT),
                                        "/actuator/health/readiness")
                                .statusCode()
                        == 200;
            } catch (IOException _) {
                return false;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    @Test
    void commands_generateADatasetAndTrainOnIt() {
        String volume = "diffmm-test-" + network.getId();
        try {
            String made = run(volume, "generate --out /data/demo --users 60 --items 80");
            String trained = run(
                    volume,
                    "train --data /data/demo --model diffrec --config demo --epochs 1 --artifacts /data/models --name demo --force");

            assertThat(made).contains("60 users, 80 items");
            assertThat(trained).contains("published /data/models/demo/");
        } finally {
            docker().removeVolumeCmd(volume).exec();
        }
    }

    /// Runs a command with a data volume and requires exit code 0.
    ///
    /// @return output of the command
    private static String run(String volume, String command) {
        try (GenericContainer<?> container = ServerImage.container(command.split(" "))
                .withExposedPorts()
                .withCreateContainerCmdModifier(create ->
                        Objects.requireNonNull(create.getHostConfig()).withBinds(Bind.parse(volume + ":/data")))
                .withStartupCheckStrategy(new OneShotStartupCheckStrategy().withTimeout(Duration.ofMinutes(2)))
                .waitingFor(new NoWait())) {
            container.start();
            return container.getLogs();
        }
    }

    private static final class NoWait extends AbstractWaitStrategy {

        @Override
        protected void waitUntilReady() {}
    }

    private static InspectContainerResponse inspect(GenericContainer<?> container) {
        return docker().inspectContainerCmd(container.getContainerId()).exec();
    }

    private static DockerClient docker() {
        return DockerClientFactory.instance().client();
    }
}

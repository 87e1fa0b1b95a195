package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.Versions.Damage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Training into a bucket, serving from it, and an outage of it while it is served.
class BucketIT {

    private static final String ROOT = "s3://models/shop";

    @TempDir
    static Path directory;

    @Test
    void bucket_isTrainedInto_servedFrom_andLookedAt() throws Exception {
        try (BucketServer bucket = BucketServer.start(directory)) {
            String first = train(bucket, "--config", "demo", "--epochs", "2");
            try (Server server = Server.start(bucket.credentials(), directory, serving(bucket))) {
                assertThat(VersionStates.of(server, "current")).containsExactly(first);

                String second = train(bucket, "--config", "demo", "--epochs", "2", "--force");
                VersionStates.await(server, "current", second);
                assertThat(server.recommendations("u1")
                                .body()
                                .at("/model/version")
                                .asString())
                        .isEqualTo(second);

                String worse = unpublished(bucket);
                assertThat(bucket.text("shop/demo/current").strip()).isEqualTo(second);
                assertThat(bucket.keys("shop/demo/unpublished/" + worse + "/"))
                        .anyMatch(key -> key.endsWith("/report.html"));

                String torn = damaged(bucket, second);
                VersionStates.await(server, "refused", torn);
                assertThat(VersionStates.of(server, "current")).containsExactly(second);

                String exchanged = exchanged(bucket, second);
                VersionStates.await(server, "refused", exchanged);
                assertThat(VersionStates.of(server, "current")).containsExactly(second);

                bucket.kill();
                JsonNode problem = Http.json(server.get("/actuator/artifacts"), 503);
                assertThat(problem.get("detail").asString()).contains("s3://models/shop/demo/current");
                server.recommendations("u2");
            }
        }
    }

    @Test
    void bucketUnavailable_startFailsWithOneLine() throws Exception {
        Jar.Result served =
                Jar.run(directory, "serve", "--artifacts", ROOT, "--diffmm.artifacts.s3.endpoint=http://127.0.0.1:1");

        assertThat(served.exitCode()).isEqualTo(1);
        assertThat(served.err()).contains("s3://models/shop/current").doesNotContain("\tat ");
    }

    private static String[] serving(BucketServer bucket) {
        return new String[] {
            Server.ARTIFACTS + ROOT,
            "--diffmm.artifacts.s3.endpoint=" + bucket.endpoint(),
            "--diffmm.artifacts.s3.path-style=true",
            "--diffmm.artifacts.cache=" + directory.resolve("serving"),
            "--diffmm.artifacts.interval=200ms"
        };
    }

    /// Runs a training job and returns the version that it published.
    private static String train(BucketServer bucket, String... more) throws Exception {
        if (!Files.exists(directory.resolve("data"))) {
            Jar.run(directory, "generate", "--out", "data", "--users", "100", "--items", "60");
        }
        Jar.Result trained = run(bucket, more);
        assertThat(trained.exitCode()).as(trained.err()).isZero();
        String version = bucket.text("shop/demo/current").strip();
        assertThat(trained.out()).contains("uploaded to %s/demo/%s".formatted(ROOT, version));
        assertThat(bucket.keys("shop/demo/" + version)).anyMatch(key -> key.endsWith("/report.html"));
        return version;
    }

    /// Runs a training job whose model is worse and returns the version that it did not publish.
    private static String unpublished(BucketServer bucket) throws Exception {
        Path poor = Files.writeString(
                directory.resolve("poor.yaml"),
                "{preset: demo, embedding-size: 1, diffusion: {hidden: [1]}, views: {linear: {links: 1}}}");
        Jar.Result trained = run(bucket, "--config", poor.toString(), "--epochs", "1");
        assertThat(trained.exitCode()).as(trained.out()).isEqualTo(1);
        assertThat(trained.err()).contains("not published");
        String uploaded = "uploaded to %s/demo/unpublished/".formatted(ROOT);
        return trained.out()
                .lines()
                .filter(line -> line.startsWith(uploaded))
                .findFirst()
                .orElseThrow()
                .substring(uploaded.length());
    }

    private static Jar.Result run(BucketServer bucket, String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "train",
                "--data",
                "data",
                "--artifacts",
                ROOT,
                "--name",
                "demo",
                "--s3-endpoint",
                bucket.endpoint().toString(),
                "--s3-path-style",
                "--cache",
                directory.resolve("training").toString()));
        arguments.addAll(List.of(more));
        try (Jar.Running running = Jar.start(bucket.credentials(), directory, arguments.toArray(String[]::new))) {
            return running.await();
        }
    }

    /// Publishes a version with truncated weights.
    private static String damaged(BucketServer bucket, String version) throws Exception {
        return published(
                bucket,
                version,
                "99999998-torn",
                (versions, name) -> versions.damaged(version, name, Damage.TRUNCATED));
    }

    /// Publishes an intact version whose items are not those of its training.
    private static String exchanged(BucketServer bucket, String version) throws Exception {
        return published(bucket, version, "99999999-exchanged", (versions, name) -> versions.exchanged(version, name));
    }

    /// Creates a modified copy of a version.
    private interface Making {
        void make(Versions versions, String name) throws IOException;
    }

    private static String published(BucketServer bucket, String version, String name, Making making) throws Exception {
        Path model = Files.createTempDirectory(directory, "copies");
        for (String key : bucket.keys("shop/demo/" + version + "/")) {
            Path file = model.resolve(key.substring("shop/demo/".length()));
            Files.createDirectories(file.getParent());
            Files.write(file, bucket.bytes(key));
        }
        making.make(new Versions(model), name);
        bucket.putAll(model.resolve(name), "shop/demo/%s/".formatted(name));
        bucket.put("shop/demo/current", (name + "\n").getBytes(StandardCharsets.UTF_8));
        return name;
    }
}

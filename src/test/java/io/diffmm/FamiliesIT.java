package io.diffmm;

import static io.diffmm.Http.awaitReady;
import static io.diffmm.Http.freePort;
import static io.diffmm.Http.get;
import static io.diffmm.Http.post;
import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.training.TrainerFamily;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// The model families other than DiffMM, trained, evaluated and served by the packaged jar.
class FamiliesIT {

    @TempDir
    static Path directory;

    /// All families but DiffMM, each trained as an ensemble with the one before. T-DiffRec comes first, so that its
    /// view has weight in its own blend.
    private static final List<String> FAMILIES = Stream.concat(
                    Stream.of("t-diffrec"), TrainerFamily.all().stream().map(family -> family.name()))
            .distinct()
            .filter(name -> !name.equals("diffmm"))
            .toList();

    @BeforeAll
    static void trainEach() throws Exception {
        assertThat(Jar.run(directory, "generate", "--out", "data", "--users", "150", "--items", "90")
                        .exitCode())
                .isZero();
        train(FAMILIES.getFirst());
        for (int at = 1; at < FAMILIES.size(); at++) {
            train(FAMILIES.get(at), "--ensemble", "a/" + FAMILIES.get(at - 1));
        }
    }

    /// Returns the preset for small data, or the default of a family that has none, with a weak linear view, so
    /// that the family's view has weight in the blend.
    private static String settings(String family) {
        List<String> presets = TrainerFamily.named(family).presets();
        return "{preset: %s, views: {linear: {closed-form-items: 1, feature-share: 0}}}"
                .formatted(presets.contains("demo") ? "demo" : presets.getFirst());
    }

    private static void train(String family, String... more) throws Exception {
        Files.writeString(directory.resolve("small.yaml"), settings(family));
        List<String> arguments = new ArrayList<>(List.of("train", "--data", "data", "--model", family));
        arguments.addAll(
                List.of("--artifacts", "a", "--name", family, "--config", "small.yaml", "--epochs", "30", "--force"));
        arguments.addAll(List.of(more));
        Jar.Result trained = Jar.run(directory, arguments.toArray(String[]::new));
        assertThat(trained.err()).isEmpty();
        assertThat(trained.exitCode()).isZero();
        assertThat(trained.out()).contains("best epoch").contains("published ");
    }

    @Test
    void serve_temporalModel_followsTheOrderOfALiveHistory() throws Exception {
        int port = freePort();
        try (Jar.Running server =
                        Jar.start(directory, "serve", "--artifacts", "a/t-diffrec", "--port", String.valueOf(port));
                HttpClient client = HttpClient.newHttpClient()) {
            awaitReady(client, port, server);
            JsonNode model = get(client, port, "/model", 200);
            assertThat(model.get("family").asString()).isEqualTo("t-diffrec");
            assertThat(model.at("/metrics/t-diffrec/recall@20").asDouble()).isPositive();
            assertPersonalized(get(client, port, "/users/u42/recommendations?limit=20", 200));
            JsonNode forth = post(client, port, "/recommendations", "{\"history\": [\"v1\", \"v2\", \"v3\"]}", 200);
            JsonNode back = post(client, port, "/recommendations", "{\"history\": [\"v3\", \"v2\", \"v1\"]}", 200);
            assertPersonalized(forth);
            assertThat(greatestDifference(forth, back)).isGreaterThan(0.01);
            assertThat(get(client, port, "/items/v1/similar?limit=5", 200).get("items"))
                    .hasSize(5);
        }
    }

    @Test
    void serve_allFamiliesInOneArtifact_answers() throws Exception {
        int port = freePort();
        try (Jar.Running server = Jar.start(
                        directory, "serve", "--artifacts", "a/" + FAMILIES.getLast(), "--port", String.valueOf(port));
                HttpClient client = HttpClient.newHttpClient()) {
            awaitReady(client, port, server);
            JsonNode metrics = get(client, port, "/model", 200).get("metrics");
            assertThat(metrics.propertyNames()).containsAll(FAMILIES).contains("linear");
            assertPersonalized(get(client, port, "/users/u42/recommendations?limit=20", 200));
        }
    }

    @Test
    void evaluate_aViewOfAnotherFamily_isMeasuredAlone() throws Exception {
        Jar.Result alone = evaluate("a/t-diffrec");
        Jar.Result ensemble = evaluate("a/" + FAMILIES.getLast());

        assertThat(alone.exitCode()).isZero();
        assertThat(ensemble.out()).isEqualTo(alone.out());
    }

    private static Jar.Result evaluate(String artifact) throws Exception {
        return Jar.run(
                directory,
                "evaluate",
                "--artifact",
                artifact,
                "--data",
                "data",
                "--test",
                "data/test.csv",
                "--exclude",
                "data/valid.csv",
                "--view",
                "t-diffrec");
    }

    private static void assertPersonalized(JsonNode answer) {
        assertThat(answer.get("strategy").asString()).isEqualTo("personalized");
        assertThat(answer.get("items")).hasSize(20);
    }

    /// Returns the greatest difference of two score lists, rank by rank; rounding errors are about 1e-6.
    private static double greatestDifference(JsonNode one, JsonNode other) {
        return IntStream.range(0, one.get("items").size())
                .mapToDouble(rank -> Math.abs(score(one, rank) - score(other, rank)))
                .max()
                .orElseThrow();
    }

    private static double score(JsonNode answer, int rank) {
        return answer.get("items").get(rank).get("score").asDouble();
    }
}

package io.diffmm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.runtime.LoadPriority;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.ModelRuntime.RuntimeSettings;
import io.diffmm.runtime.RuntimeListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TrainAndEvaluateTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void evaluate_afterTrain_measuresAnyFileAgainstTheArtifact() throws IOException {
        Path data = directory.resolve("data");
        Path config = Files.writeString(
                directory.resolve("small.yaml"),
                "{preset: demo, embedding-size: 8, diffusion: {hidden: [8]}, optimisation: {epochs: 2}}");
        assertThat(execute("generate", "--out", data.toString(), "--users", "40", "--items", "60"))
                .isZero();
        assertThat(execute("train", "--data", data.toString(), "--artifacts", at("art"), "--config", config.toString()))
                .isZero();
        Path held = Files.writeString(
                directory.resolve("held.csv"), "user_id,item_id\nu1,v1\nu1,v2\nu1,v3\nu1,v4\nstranger,v5\nu2,none\n");
        out.getBuffer().setLength(0);

        int code = execute(
                "evaluate",
                "--artifact",
                at("art/data"),
                "--data",
                data.toString(),
                "--test",
                held.toString(),
                "--exclude",
                data.resolve("valid.csv").toString(),
                "--k",
                "1,30");

        assertThat(err.toString())
                .contains("Excluded 1 held-out interactions with items that the model does not contain");
        assertThat(code).isZero();
        JsonNode metrics = new JsonMapper().readTree(out.toString());
        assertThat(metrics.get("users").asInt()).isEqualTo(2);
        assertThat(metrics.get("recall@30").asDouble()).isBetween(0.0, 1.0);
        assertThat(metrics.propertyNames()).contains("ndcg@1", "precision@30");
    }

    @Test
    void train_withAnIndex_isFitToServe_howeverNarrowItsSearch() throws IOException {
        Path config = Files.writeString(
                directory.resolve("small.yaml"),
                "{preset: demo, views: {linear: {links: 1}}, diffusion: {hidden: [32]}, optimisation: {epochs: 3}}");
        execute("generate", "--out", at("data"), "--users", "200", "--items", "1000");
        int code = execute(
                "train",
                "--data",
                at("data"),
                "--artifacts",
                at("art"),
                "--config",
                config.toString(),
                "--index-from",
                "1000",
                "--force");
        assertThat(code).as(err.toString()).isZero();
        Path version = ArtifactLocator.resolve(directory.resolve("art"), Optional.empty());
        assertThat(version.resolve("index-ranking.graph")).exists();
        var narrow =
                new RuntimeSettings("cpu", "auto", 1000, 1, Duration.ofMinutes(1), 1, 8, 2, Duration.ofSeconds(10));

        try (ModelRuntime runtime = ModelRuntime.open(version, narrow, RuntimeListener.none(), LoadPriority.NORMAL)) {
            assertThat(runtime.model().precision()).isEqualTo("index");
            assertThat(runtime.ready()).isTrue();
        }
    }

    @Test
    void evaluate_unknownUsers_areRankedFromTheirHistoryInTheData() throws IOException {
        Path data = directory.resolve("data");
        Path config = Files.writeString(
                directory.resolve("small.yaml"), "{preset: demo, diffusion: {hidden: [8]}, optimisation: {epochs: 2}}");
        execute("generate", "--out", data.toString(), "--users", "40", "--items", "60");
        execute(
                "train",
                "--data",
                data.toString(),
                "--model",
                "t-diffrec",
                "--artifacts",
                at("art"),
                "--config",
                config.toString(),
                "--force");
        Path strangers = Files.createDirectory(directory.resolve("strangers"));
        for (String file : new String[] {"train.csv", "valid.csv"}) {
            String renamed = Files.readString(data.resolve(file)).replaceAll("(?m)^u(?=\\d)", "stranger");
            Files.writeString(strangers.resolve(file), renamed);
        }

        String known = evaluate(data, data.resolve("valid.csv"));
        String unknown = evaluate(strangers, strangers.resolve("valid.csv"));

        assertThat(unknown).isEqualTo(known).contains("\"users\":40");
        assertThat(evaluate(data, strangers.resolve("valid.csv")))
                .isNotEqualTo(known); // users without a history get the popularity ranking
    }

    private String evaluate(Path data, Path test) {
        out.getBuffer().setLength(0);
        int code =
                execute("evaluate", "--artifact", at("art/data"), "--data", data.toString(), "--test", test.toString());
        assertThat(code).isZero();
        return out.toString();
    }

    @Test
    void evaluate_cutoffOfZero_isWrongUsage() {
        assertThat(execute("evaluate", "--artifact", "a", "--data", "d", "--test", "t", "--k", "0"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--k");
        assertThat(execute("evaluate", "--artifact", "a", "--data", "d", "--test", "t", "--device", "tpu"))
                .isEqualTo(2);
    }

    @Test
    void train_withoutData_isAFailureInOneLine() {
        assertThat(execute("train", "--data", at("nowhere"), "--artifacts", at("art")))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("error: ").contains("nowhere");
        assertThat(err.toString().lines()).hasSize(1);
    }

    @Test
    void train_ensembleOfMissingDirectory_isAFailure() {
        execute("generate", "--out", at("data"), "--users", "40", "--items", "60");

        assertThat(trainWith("--ensemble", "2", "--ensemble", at("missing"))).isEqualTo(1);

        assertThat(err.toString()).startsWith("error: ").contains(at("missing"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0 | --ensemble is 0; need 1 to 10 seeds, or the directory of a published model (./0 for one of that name)",
                "-1 | --ensemble is -1; need 1 to 10 seeds",
                "11 | --ensemble is 11; need 1 to 10 seeds",
                "2.5 | --ensemble is 2.5; need a whole number of seeds",
                "99999999999 | --ensemble is 99999999999; need a whole number of seeds",
            })
    void train_ensembleOfWrongNumber_isWrongUsage(String number, String message) {
        assertThat(execute("train", "--data", "d", "--artifacts", "a", "--ensemble", number))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("error: " + message);
    }

    @Test
    void train_ensembleOfTwoNumbers_isWrongUsage() {
        assertThat(execute("train", "--data", "d", "--artifacts", "a", "--ensemble", "2", "--ensemble", "3"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--ensemble is given several numbers of seeds, [2, 3]; give one");
    }

    @Test
    void train_ensembleOfDirectoryWithANumberAsName_isRead() {
        execute("generate", "--out", at("data"), "--users", "40", "--items", "60");

        assertThat(trainWith("--ensemble", "./3")).isEqualTo(1);

        assertThat(err.toString()).contains("./3", "no such directory");
    }

    @Test
    void train_removedBeside_isUnknown() {
        assertThat(execute("train", "--data", "d", "--artifacts", "a", "--beside", "m"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--beside");
    }

    private int trainWith(String... members) {
        List<String> arguments = new ArrayList<>(
                List.of("train", "--data", at("data"), "--artifacts", at("art"), "--config", "demo", "--epochs", "1"));
        arguments.addAll(List.of(members));
        return execute(arguments.toArray(String[]::new));
    }

    @Test
    void train_help_explainsBothFormsOfEnsemble() {
        assertThat(execute("train", "--help")).isZero();
        assertThat(out.toString()).contains("--ensemble=N|DIR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "30", "-5m", "0m", "30m1h"})
    void train_searchForNoDuration_isWrongUsage(String duration) {
        assertThat(execute("train", "--data", "d", "--artifacts", "a", "--search", duration))
                .isEqualTo(2);
        assertThat(err.toString()).startsWith("error: ").contains("--search");
    }

    @Test
    void train_searchThatCannotBe_isWrongUsage() {
        assertThat(execute("train", "--data", "d", "--artifacts", "a", "--search", "1h30m", "--resume"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--config a/d/search.yaml --resume");
        assertThat(execute("train", "--data", "d", "--artifacts", "a", "--search-space", "space.yaml"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--search=DURATION");
    }

    private String at(String name) {
        return directory.resolve(name).toString();
    }

    private int execute(String... arguments) {
        CommandLine line = Commands.commandLine(_ -> 0);
        line.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return line.execute(arguments);
    }
}

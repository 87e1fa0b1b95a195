package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `benchmarks/gpu.py` on a CPU, with small sizes.
///
/// Runs with the Python that `DIFFMM_TEST_PYTHON` names, which has PyTorch (`.ci/python`). Without it the tests are
/// skipped, unless `CI=true`.
class GpuBenchmarkIT {

    private static final String PYTHON = System.getenv().getOrDefault("DIFFMM_TEST_PYTHON", "");
    private static final long LIMIT_SECONDS = 300;
    private static final List<String> SMALL =
            List.of("--device", "cpu", "--threads", "1", "--seconds", "0", "--product", "64");

    /// Changes one computation, so that its check must fail.
    private static final String FAULTS = """
            import sys
            sys.path.insert(0, "benchmarks")
            import gpu, programs
            prepare, coefficients = programs.Scan.__init__, programs.reverse_coefficients

            def scan(self, weights, *others):
                weights.output[0] *= 1.01
                prepare(self, weights, *others)
                weights.output[0] /= 1.01

            if sys.argv.pop(1) == "scan":
                programs.Scan.__init__ = scan
            else:
                programs.reverse_coefficients = lambda diffusion: [(1.001 * a, b) for a, b in coefficients(diffusion)]
            gpu.main()
            """;

    @TempDir
    Path directory;

    private record Result(int exitCode, String out, String err) {}

    @BeforeAll
    static void requirePython() {
        assumeTrue(!PYTHON.isEmpty() || Boolean.parseBoolean(System.getenv("CI")), "DIFFMM_TEST_PYTHON is not set");
        assertThat(Path.of(PYTHON)).as("DIFFMM_TEST_PYTHON, see .ci/python").isExecutable();
    }

    private Result run(List<String> program, List<String> options, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(PYTHON, "-B"));
        command.addAll(program);
        command.addAll(options);
        command.addAll(List.of(more));
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("gpu.py did not end: " + Files.readString(err));
        }
        return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
    }

    private Result benchmark(List<String> options, String... more) throws Exception {
        return run(List.of("benchmarks/gpu.py"), options, more);
    }

    private JsonNode figures() throws Exception {
        return new JsonMapper().readTree(Files.readString(directory.resolve("figures.json"), StandardCharsets.UTF_8));
    }

    /// 1 MB holds the weights of 500 items and the products of 150 users, and not the weights of 4,000 items.
    @Test
    void randomWeights_areCheckedAndMeasured_withinTheMemory() throws Exception {
        Result result = benchmark(
                SMALL,
                "--sizes=500,4000",
                "--hidden=64",
                "--batches=1,400",
                "--memory=0.001",
                "--json=" + directory.resolve("figures.json"));

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("device: ", "torch: 2.7.1", "commit: ", "date: ", "threads: 1\n")
                .contains("passed: hidden loop, 500 items", "passed: scan in float32", "passed: scan in bfloat16")
                .contains("| 500 | 64 | float32 | 1 | 1 | 3 |", "| 500 | 64 | bfloat16 | 400 | 3 | 3 |")
                .contains("| 4,000 | 64 | all | all | skipped: needs 0.00717 GB, the limit is 0.001 GB");
        assertThat(figures().get("rows"))
                .hasSize(5)
                .filteredOn(row -> !row.has("skipped"))
                .allSatisfy(row -> {
                    double median = row.get("median").asDouble();
                    assertThat(row.get("loop").asDouble()).isPositive();
                    assertThat(median)
                            .isPositive()
                            .isLessThanOrEqualTo(row.get("p99").asDouble());
                    assertThat(row.at("/floors/memory").asDouble()).isPositive();
                    assertThat(row.at("/floors/arithmetic").asDouble()).isPositive();
                    assertThat(row.get("usersPerSecond").asDouble())
                            .isEqualTo(1000 * row.get("batch").asDouble() / median);
                });
    }

    @Test
    void artifact_isCheckedAndMeasured() throws Exception {
        Result result = benchmark(SMALL, "--artifact=model-artifacts/demo", "--batches=8", "--precisions=float32");

        assertThat(result.exitCode()).as(result.err()).isZero();
        assertThat(result.out())
                .contains("passed: hidden loop, 300 items", "best 20 items equal for 4 of 4 users")
                .contains("| 300 | 100 | float32 | 8 | 1 | 3 |");
    }

    @ParameterizedTest
    @CsvSource({"loop,'FAILED: hidden loop'", "scan,'FAILED: scan in float32'"})
    void wrongComputation_fails(String fault, String message) throws Exception {
        Result result = run(
                List.of("-c", FAULTS, fault),
                SMALL,
                "--sizes=500",
                "--hidden=64",
                "--batches=1",
                "--precisions=float32");

        assertThat(result.exitCode()).as(result.err()).isOne();
        assertThat(result.out()).containsOnlyOnce("FAILED").contains(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--batches=1,0: argument --batches: '0' is not a number from 1 to 1,000,000",
                "--hidden=wide: argument --hidden: 'wide' is not a number from 1 to 100,000",
                "--precisions=int8: argument --precisions: 'int8' is none of float32, bfloat16",
                "--device=tpu: argument --device: invalid choice: 'tpu'",
                "--json=absent/a.json: argument --json: directory absent does not exist; create it first",
                "--artifact=absent: artifact absent cannot be used: [Errno 2] No such file or directory: 'absent/manifest.json'",
            })
    void badArgument_isNamedInOneLine(String example) throws Exception {
        String[] parts = example.split(": ", 2);

        Result result = benchmark(SMALL, parts[0]);

        assertThat(result.exitCode()).isIn(1, 2);
        assertThat(result.out()).isEmpty();
        assertThat(Stream.of(result.err().split("\n")))
                .singleElement()
                .asString()
                .startsWith("gpu.py: " + parts[1]);
    }
}

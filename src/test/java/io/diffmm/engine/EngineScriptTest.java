package io.diffmm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import io.diffmm.engine.PyTorch.EngineThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Automatic differentiation inside a program: values, threads, and ownership of the results.
class EngineScriptTest {

    private static final long PAGE = 4096;

    private NDManager manager;
    private EngineScript program;

    @BeforeEach
    void open() {
        manager = PyTorch.engine().newBaseManager(Device.cpu());
        program = EngineScript.load("mf-bpr-step", manager);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    /// User (1, 2), items (1, 0), (0, 1) and biases 0.5 and 0: margin 1 * 1 - 2 * 1 + 0.5 = -0.5.
    @Test
    void differentiate_oneTriple_matchesHandComputedGradients() {
        prepareOneTriple();

        NDList results = program.differentiate(manager, batch(0), batch(0), batch(1));

        double pull = -1 / (1 + Math.exp(-0.5));
        assertThat((double) results.getFirst().getFloat()).isCloseTo(Math.log1p(Math.exp(0.5)), within(1e-6));
        assertClose(results.get(1), pull * (1 - 0), pull * (0 - 1));
        assertClose(results.get(2), pull, pull * 2, -pull, -pull * 2);
        assertClose(results.get(3), pull, -pull);
    }

    private static void assertClose(NDArray actual, double... expected) {
        float[] values = actual.toFloatArray();
        assertThat(values).hasSize(expected.length);
        for (int at = 0; at < expected.length; at++) {
            assertThat((double) values[at]).isCloseTo(expected[at], within(1e-6));
        }
    }

    @Test
    void differentiate_onAnyThread_isTheSame() {
        prepareOneTriple();
        float[] here = gradient();

        try (ExecutorService other = Executors.newFixedThreadPool(2)) {
            for (int round = 0; round < 20; round++) {
                assertThat(CompletableFuture.supplyAsync(this::gradient, other).join())
                        .isEqualTo(here);
            }
            assertThat(CompletableFuture.supplyAsync(() -> EngineThreads.with(2, this::gradient), other)
                            .join())
                    .isEqualTo(here);
        }
        assertThat(gradient()).isEqualTo(here);
    }

    private float[] gradient() {
        try (NDManager scope = manager.newSubManager();
                NDArray user = batch(0);
                NDArray positive = batch(0);
                NDArray negative = batch(1)) {
            return program.differentiate(scope, user, positive, negative).get(2).toFloatArray();
        }
    }

    /// PyTorch optimises a program after its first call, and the optimised one rounds differently.
    @Test
    void differentiate_firstAndLaterCalls_areBitEqual() {
        manager.getEngine().setRandomSeed(5);
        prepare(
                manager.randomNormal(new Shape(20, 3)),
                manager.randomNormal(new Shape(20, 3)),
                manager.randomNormal(new Shape(20)));
        long[] rows = LongStream.range(0, 64).map(at -> at * 7 % 20).toArray();
        NDArray batch = EngineArrays.integers(manager, rows);
        NDArray other = EngineArrays.integers(
                manager, LongStream.of(rows).map(row -> (row + 3) % 20).toArray());
        NDList first = program.differentiate(manager, batch, batch, other);

        for (int call = 0; call < 5; call++) {
            NDList later = program.differentiate(manager, batch, batch, other);
            for (int at = 0; at < first.size(); at++) {
                assertThat(later.get(at).toFloatArray()).isEqualTo(first.get(at).toFloatArray());
            }
        }
    }

    @Test
    void differentiate_programFails_restoresTheGradientMode() {
        prepareOneTriple();
        JniUtils.setGradMode(false);

        assertThatThrownBy(() -> program.differentiate(manager, batch(0), batch(0), batch(99)))
                .isInstanceOf(EngineException.class);

        assertThat(JniUtils.isGradMode()).isFalse();
    }

    /// DJL would take `item.positive` for an entry of a map, and `negatives[]` for one of a list.
    @Test
    void differentiate_namedArguments_arePassedInTheirOrder() {
        prepareOneTriple();
        NDList expected = program.differentiate(manager, batch(0), batch(0), batch(1));
        NDArray positive = batch(0);
        NDArray negative = batch(1);
        positive.setName("item.positive");
        negative.setName("negatives[]");

        NDList actual = program.differentiate(manager, batch(0), positive, negative);

        for (int at = 0; at < expected.size(); at++) {
            assertThat(actual.get(at).toFloatArray()).isEqualTo(expected.get(at).toFloatArray());
        }
        assertThat(positive.getName()).isEqualTo("item.positive");
    }

    @Test
    void differentiate_resultsBelongToTheGivenManager_andNothingElseIsLeft() {
        prepareOneTriple();
        try (NDManager owner = manager.newSubManager();
                NDManager scope = manager.newSubManager()) {
            NDArray[] arguments = {batch(0), batch(0), batch(1)};
            for (NDArray argument : arguments) {
                argument.attach(owner);
            }
            int arrays = manager.getManagedArrays().size();

            NDList results = program.differentiate(scope, arguments);

            assertThat(results)
                    .hasSize(4)
                    .allSatisfy(result -> assertThat(result.getManager()).isSameAs(scope));
            assertThat(results).noneMatch(NDArray::hasGradient);
            assertThat(scope.getManagedArrays()).hasSize(4);
            assertThat(owner.getManagedArrays()).containsExactlyInAnyOrder(arguments);
            assertThat(manager.getManagedArrays()).hasSize(arrays + results.size());
        }
    }

    /// Every call computes 8 MB of gradients: without release, the calls would add 1.6 GB.
    @Test
    void differentiate_manyTimes_freesItsMemory() throws IOException {
        int users = 16_000;
        prepare(manager.ones(new Shape(users, 64)), manager.ones(new Shape(users, 64)), manager.ones(new Shape(users)));
        loss(10);
        long before = residentBytes();

        loss(200);

        assertThat(residentBytes() - before).isLessThan(200L << 20);
    }

    /// Repeats a step without copies of the gradients, which would enlarge the Java heap.
    private void loss(int times) {
        for (int time = 0; time < times; time++) {
            try (NDManager scope = manager.newSubManager()) {
                NDArray[] rows = {batch(0), batch(0), batch(1)};
                assertThat(program.differentiate(scope, rows).getFirst().getFloat())
                        .isPositive();
                for (NDArray row : rows) {
                    row.close();
                }
            }
        }
    }

    private static long residentBytes() throws IOException {
        String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
        return Long.parseLong(pages) * PAGE;
    }

    private void prepareOneTriple() {
        prepare(
                EngineArrays.dense(manager, new float[] {1, 2}, new Shape(1, 2)),
                EngineArrays.dense(manager, new float[] {1, 0, 0, 1}, new Shape(2, 2)),
                EngineArrays.dense(manager, new float[] {0.5f, 0}, new Shape(2)));
    }

    private void prepare(NDArray users, NDArray items, NDArray bias) {
        NDArray none = EngineArrays.dense(manager, new float[] {0}, new Shape(1));
        program.call("prepare", manager, users, items, bias, none);
    }

    private NDArray batch(long row) {
        return EngineArrays.integers(manager, new long[] {row});
    }
}

package io.diffmm.training;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.reading.DatasetReader;
import io.diffmm.families.diffmm.DiffMmSettings;
import io.diffmm.model.DeviceChoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Trains some epochs of DiffMM without evaluation, and prints their times next to the time that their multiply-adds
/// take at the rate of a large matrix product, measured in the same run.
///
/// Arguments: folder of the dataset, preset or file of settings, number of epochs.
public final class EpochBenchmark {

    private static final long SEED = 421;
    private static final int PRODUCTS = 5;

    private EpochBenchmark() {}

    /// Runs the benchmark.
    public static void main(String[] args) throws IOException {
        JobSettings settings = JobSettings.read(Optional.of(args[1]), TrainerFamily.named("diffmm"));
        Dataset dataset = DatasetReader.read(Path.of(args[0]));
        EpochArithmetic arithmetic = EpochArithmetic.of(dataset, DiffMmSettings.of(settings.family()));
        try (NDManager manager = DeviceChoice.parse("cpu").newManager();
                TrainingRun run = settings.open(dataset, SEED, manager)) {
            System.out.println(arithmetic.describe());
            for (int number = 1; number <= Integer.parseInt(args[2]); number++) {
                double before = gigaflops(manager, arithmetic);
                Stages stages = new Stages();
                run.epoch(number, (stage, _) -> stages.stepEnded(stage));
                double rate = (before + gigaflops(manager, arithmetic)) / 2;
                print(number, stages, rate, arithmetic);
            }
        }
        System.out.println(peakMemory());
    }

    /// Returns the rate of `[B, H] x [H, I]` in float32.
    private static double gigaflops(NDManager manager, EpochArithmetic arithmetic) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray left = scope.randomNormal(new Shape(arithmetic.batch(), arithmetic.width()));
            NDArray right = scope.randomNormal(new Shape(arithmetic.width(), arithmetic.items()));
            left.matMul(right).close();
            long start = System.nanoTime();
            for (int round = 0; round < PRODUCTS; round++) {
                left.matMul(right).close();
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            return 2.0 * PRODUCTS * arithmetic.batch() * arithmetic.width() * arithmetic.items() / seconds / 1e9;
        }
    }

    private static void print(int number, Stages stages, double rate, EpochArithmetic arithmetic) {
        double floor = 2 * arithmetic.total() / (rate * 1e9);
        System.out.printf(
                Locale.ROOT,
                "epoch %d: %.1f s %s; %.0f GFLOP/s, floor %.1f s, %.2f times that%n",
                number,
                stages.total(),
                stages.seconds,
                rate,
                floor,
                stages.total() / floor);
    }

    private static String peakMemory() throws IOException {
        List<String> lines = Files.readAllLines(Path.of("/proc/self/status"));
        return lines.stream()
                .filter(line -> line.startsWith("VmHWM"))
                .findFirst()
                .orElse("");
    }

    /// Durations of the steps of each stage; the time between two stages counts as part of the later one.
    private static final class Stages {

        private final Map<String, Double> seconds = new LinkedHashMap<>();
        private long last = System.nanoTime();

        void stepEnded(String stage) {
            long now = System.nanoTime();
            seconds.merge(stage, Math.round((now - last) / 1e6) / 1e3, Double::sum);
            last = now;
        }

        double total() {
            return seconds.values().stream().mapToDouble(Double::doubleValue).sum();
        }
    }
}

package io.diffmm.model;

import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.DenseReverseDiffusion;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.retrieval.Precision;
import io.diffmm.runtime.BenchmarkCores;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Alternates between the server's computation of one user and the published dense loop in one process, so that the
/// ratio is meaningful even on a machine whose speed changes.
final class OneUserInTurns {

    private static final int BLOCKS = 5;
    private static final int USERS = 300;
    private static final int WARM_UP = 100;
    private static final int USERS_TO_A_LOOP = 5;

    private final PublishedModel model;
    private final Recommender recommender;
    private final List<DenseReverseDiffusion> loops;
    private final int processors = Runtime.getRuntime().availableProcessors();

    private OneUserInTurns(PublishedModel model) throws IOException {
        this.model = model;
        this.recommender = model.recommender(Precision.parse("auto"));
        this.loops = model.denseLoops();
    }

    /// Prints the medians of several blocks of users.
    static void print(PublishedModel model) throws IOException {
        OneUserInTurns turns = new OneUserInTurns(model);
        try (BenchmarkCores cores = new BenchmarkCores()) {
            turns.block(cores, WARM_UP);
            System.out.printf("%n| in turns: dense loop, ms | one user, ms | dense loop : this |%n|---|---|---|%n");
            for (int block = 0; block < BLOCKS; block++) {
                double[] medians = turns.block(cores, USERS);
                System.out.printf(
                        Locale.ROOT, "| %.2f | %.2f | %.1f |%n", medians[0], medians[1], medians[0] / medians[1]);
            }
        } finally {
            turns.recommender.close();
        }
    }

    /// Returns the medians of the dense loop and of the server's computation.
    private double[] block(BenchmarkCores cores, int users) {
        List<Double> loop = new ArrayList<>();
        List<Double> own = new ArrayList<>();
        for (int user = 0; user < users; user++) {
            RankingQuery query = model.nextQueries(1).getFirst();
            own.add(milliseconds(
                    () -> EngineThreads.with(1, () -> recommender.recommend(List.of(query), new StageTimes(), cores))));
            if (user % USERS_TO_A_LOOP == 0) {
                loop.add(milliseconds(() -> EngineThreads.with(processors, () -> denoise(query))));
            }
        }
        return new double[] {median(loop), median(own)};
    }

    private boolean denoise(RankingQuery query) {
        for (DenseReverseDiffusion loop : loops) {
            try (NDManager scope = model.manager().newSubManager()) {
                loop.denoise(model.rows().of(List.of(query.history().items())), scope)
                        .toFloatArray();
            }
        }
        return true;
    }

    private static double milliseconds(Runnable work) {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / 1e6;
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }
}

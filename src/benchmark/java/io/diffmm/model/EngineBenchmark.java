package io.diffmm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.DenseReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.Precision;
import io.diffmm.runtime.BenchmarkCores;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// Uncached answers without HTTP: this server's computation, the published dense loop, and the matrix product whose
/// rate is the lower bound.
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EngineBenchmark {

    /// Loaded model and batches of users.
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // @Setup
    public static class Recommending {

        @Param({"1", "8", "32"})
        private int batch;

        @Param({"auto", "float32", "bfloat16", "int8"})
        private String precision;

        private PublishedModel model;
        private Recommender recommender;
        private BenchmarkCores cores;

        /// Loads the model.
        @Setup(Level.Trial)
        public void open() throws IOException {
            model = new PublishedModel();
            recommender = model.recommender(Precision.parse(precision));
            cores = new BenchmarkCores();
        }

        /// Frees the model.
        @TearDown(Level.Trial)
        public void close() {
            cores.close();
            recommender.close();
            model.close();
        }
    }

    /// Dense loops of a model.
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // @Setup
    public static class Dense {

        private PublishedModel model;
        private List<DenseReverseDiffusion> loops;

        /// Loads the model.
        @Setup(Level.Trial)
        public void open() throws IOException {
            model = new PublishedModel();
            loops = model.denseLoops();
        }

        /// Frees the model.
        @TearDown(Level.Trial)
        public void close() {
            model.close();
        }
    }

    /// Two matrices as large as those of a training batch.
    @State(Scope.Benchmark)
    @SuppressWarnings("NullAway.Init") // @Setup
    public static class Product {

        /// Rows of the first matrix.
        static final int ROWS = 1024;

        private PublishedModel model;
        private NDArray left;
        private NDArray right;

        /// Fills the matrices.
        @Setup(Level.Trial)
        public void open() throws IOException {
            model = new PublishedModel();
            left = model.random(ROWS, model.width());
            right = model.random(model.width(), model.items());
        }

        /// Frees the matrices.
        @TearDown(Level.Trial)
        public void close() {
            model.close();
        }
    }

    /// Computes a batch of new users as the server does without another batch.
    @Benchmark
    public List<Ranking> recommend(Recommending state) {
        return EngineThreads.with(
                1,
                () -> state.recommender.recommend(state.model.nextQueries(state.batch), new StageTimes(), state.cores));
    }

    /// Computes the denoised rows of one user in every modality by the published loop, without the ranking.
    @Benchmark
    public float denseLoopOfOneUser(Dense state) {
        RankingQuery query = state.model.nextQueries(1).getFirst();
        float sum = 0;
        for (DenseReverseDiffusion loop : state.loops) {
            try (NDManager scope = state.model.manager().newSubManager()) {
                SparseRows rows = state.model.rows().of(List.of(query.history().items()));
                sum += loop.denoise(rows, scope).toFloatArray()[0];
            }
        }
        return sum;
    }

    /// Multiplies `[1024, H] x [H, I]` in float32, at the maximum rate of the hardware.
    @Benchmark
    public NDArray product(Product state) {
        try (NDManager scope = state.model.manager().newSubManager()) {
            NDArray product = state.left.matMul(state.right);
            product.attach(scope);
            return product;
        }
    }
}

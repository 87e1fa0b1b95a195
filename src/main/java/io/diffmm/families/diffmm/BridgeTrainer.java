package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.families.denoiser.TrainedWeights;
import io.diffmm.families.denoiser.UserBatches;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.TrainingRun;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Bridge diffusion in the space of the item vectors, in training: from the vector of an item (s = 0) to
/// that of a user who interacts with it next (s = 1).
///
/// Shapes: U users, I items, d numbers each, h hidden units, T steps, `s = t / T`. A user's history is put
/// in random order; its last item is the target j, and the first k of the others, at least one, are shown.
/// `z = e + R^T R e` are the vectors of [HistoryNetwork]. The user's own edges are taken out of them,
/// since the edge to the target would give it away:
///
/// ```
/// z'_i = z_i - x_u / sqrt(d_u d_i),  x = R e    u = unit(sum_i z'_i / sqrt(d_i))    p = unit(z'_j)
/// forward:  x_t  = unit((1 - s) p + s u + 2 noise s (1 - s) n)      n: random, of length 1
/// network:  xhat = unit(x_t + tanh([x_t ; u] A + b_t) B)            A [2d, h], b [T, h], B [h, d]
/// reverse:  x_T  = u,   x_{t-1} = unit((1 - s) xhat + s u)          s = (t - 1) / T
/// loss:     mean of -log( exp(cos(xhat, p) / tau) / (exp(cos(xhat, p) / tau) + sum) )
///           sum = sum_i exp(cos(xhat, z_i) / tau),  i not in the history
/// ```
///
/// The last xhat of the reverse process, which [ReverseBridge] runs in serving, scores the items by
/// their cosines. B is zero at the start, so that an untrained bridge ends where it begins, at the user.
/// The published weights are a moving average. Users with one item take no part in the training.
///
/// One program, `bridge-step.pt`, computes loss and gradients. Memory: arrays and program belong to the
/// manager passed to the constructor. Not thread-safe.
final class BridgeTrainer {

    /// Stage of the training steps.
    static final TrainingRun.Stage STAGE =
            new TrainingRun.Stage("bridge", List.of("recommendation.bridge.learning-rate"), true);

    private final NDManager manager;
    private final BridgeSettings settings;
    private final InteractionMatrix histories;
    private final int[] degrees; // of the items
    private final NDList parameters; // A, b, B, as published
    private final TrainedWeights weights;
    private final EngineScript program;

    /// Creates a bridge that ends where it begins.
    ///
    /// @param size d
    BridgeTrainer(NDManager manager, BridgeSettings settings, int size, InteractionMatrix histories) {
        this.manager = manager;
        this.settings = settings;
        this.histories = histories;
        this.degrees = histories.columnCounts();
        int hidden = settings.hidden();
        NDArray inner = GraphParameters.xavier(manager, 2 * size, hidden);
        NDArray bias = manager.zeros(new Shape(settings.steps(), hidden));
        NDArray outer = manager.zeros(new Shape(hidden, size));
        inner.setName(PublishedArrays.BRIDGE_INNER);
        bias.setName(PublishedArrays.BRIDGE_BIAS);
        outer.setName(PublishedArrays.BRIDGE_OUTER);
        this.parameters = new NDList(inner, bias, outer);
        this.weights = new TrainedWeights(
                manager, "bridge", parameters, settings.averaging(), settings.learningRate(), settings.weightDecay());
        this.program = EngineScript.load("bridge-step", manager);
        prepare();
    }

    private void prepare() {
        try (NDManager scope = manager.newSubManager()) {
            float[] numbers = {(float) settings.temperature(), (float) settings.noise()};
            NDList own = weights.weights();
            program.call(
                    "prepare",
                    scope,
                    own.get(0),
                    own.get(1),
                    own.get(2),
                    EngineArrays.dense(scope, numbers, new Shape(numbers.length)));
        }
    }

    /// Parameters that are published, under their names; the arrays are the bridge's.
    NDList parameters() {
        return parameters;
    }

    /// Parameters that the optimiser changes.
    NDList trained() {
        return weights.weights();
    }

    /// Number of steps of an epoch.
    ///
    /// @param number number of the epoch, from 1
    int steps(int number) {
        long users = trainable(IntStream.range(0, histories.rows())).count();
        return number < settings.from() ? 0 : UserBatches.count((int) users, settings.batchSize());
    }

    private IntStream trainable(IntStream users) {
        return users.filter(user -> histories.rowLength(user) > 1);
    }

    /// Trains one epoch on the present vectors of a network; does nothing before the first epoch of the
    /// bridge.
    ///
    /// @param number from 1
    void epoch(int number, HistoryNetwork network, RandomGenerator random, TrainingRun.StepListener progress) {
        int steps = steps(number);
        if (steps > 0) {
            try (NDManager scope = manager.newSubManager()) {
                use(network.states(scope));
            }
            int[] users = trainable(Arrays.stream(UserBatches.shuffled(histories, random)))
                    .toArray();
            for (int step = 0; step < steps; step++) { // of equal sizes, but for one user
                int from = (int) ((long) users.length * step / steps);
                int to = (int) ((long) users.length * (step + 1) / steps);
                Batch batch = draw(Arrays.copyOfRange(users, from, to), random);
                progress.step(STAGE.name(), weights.step(scope -> lossAndGradients(batch, noise(batch, scope), scope)));
            }
        }
    }

    /// Sets the vectors to train on.
    ///
    /// @param states `z`, `[I, d]`, and `R e`, `[U, d]`; kept alive
    void use(NDList states) {
        try (NDManager scope = manager.newSubManager()) {
            program.call("use", scope, states.get(0), states.get(1));
        }
    }

    private NDArray noise(Batch batch, NDManager scope) {
        return scope.randomNormal(
                new Shape(batch.users.length, parameters.get(2).getShape().get(1)));
    }

    /// Computes the loss of a batch and its gradient by every parameter.
    ///
    /// @param noise `[B, d]`
    /// @param scope owner of the arrays
    /// @return a scalar, then the gradients by A, b and B
    NDList lossAndGradients(Batch batch, NDArray noise, NDManager scope) {
        return program.differentiate(
                scope,
                EngineArrays.integers(scope, batch.users),
                EngineArrays.integers(scope, batch.shown),
                EngineArrays.integers(scope, batch.offsets),
                EngineArrays.dense(scope, batch.weights, new Shape(batch.weights.length)),
                EngineArrays.dense(scope, batch.own, new Shape(batch.own.length)),
                EngineArrays.integers(scope, batch.targets),
                EngineArrays.dense(scope, batch.targetOwn, new Shape(batch.targetOwn.length)),
                EngineArrays.integers(scope, batch.steps),
                noise,
                EngineArrays.integers(scope, batch.known));
    }

    /// Draws the shown items, the target and the step of each user.
    Batch draw(int[] users, RandomGenerator random) {
        int[][] shuffled = Arrays.stream(users)
                .mapToObj(user -> shuffled(histories.row(user), random))
                .toArray(int[][]::new);
        int[][] shown = Arrays.stream(shuffled)
                .map(items -> Arrays.copyOf(items, 1 + random.nextInt(items.length - 1)))
                .toArray(int[][]::new);
        long[] targets = Arrays.stream(shuffled)
                .mapToLong(items -> items[items.length - 1])
                .toArray();
        long[] steps = Arrays.stream(users)
                .mapToLong(_ -> 1 + random.nextInt(settings.steps()))
                .toArray();
        return batch(users, shown, targets, steps);
    }

    private static int[] shuffled(int[] items, RandomGenerator random) {
        int[] shuffled = items.clone();
        for (int at = shuffled.length - 1; at > 0; at--) {
            int other = random.nextInt(at + 1);
            int kept = shuffled[at];
            shuffled[at] = shuffled[other];
            shuffled[other] = kept;
        }
        return shuffled;
    }

    private Batch batch(int[] users, int[][] shown, long[] targets, long[] steps) {
        int[] all = Arrays.stream(shown).flatMapToInt(Arrays::stream).toArray();
        long[] offsets = new long[users.length];
        float[] weights = new float[all.length];
        float[] own = new float[users.length];
        float[] targetOwn = new float[users.length];
        for (int at = 0; at < all.length; at++) {
            weights[at] = (float) (1 / Math.sqrt(degrees[all[at]]));
        }
        for (int row = 0; row < users.length; row++) {
            double root = Math.sqrt(histories.rowLength(users[row]));
            offsets[row] = row == 0 ? 0 : offsets[row - 1] + shown[row - 1].length;
            own[row] = (float) Arrays.stream(shown[row])
                    .mapToDouble(item -> 1 / (root * degrees[item]))
                    .sum();
            targetOwn[row] = (float) (1 / (root * Math.sqrt(degrees[(int) targets[row]])));
        }
        long[] rows = Arrays.stream(users).asLongStream().toArray();
        long[] items = Arrays.stream(all).asLongStream().toArray();
        return new Batch(rows, items, offsets, weights, own, targets, targetOwn, steps, known(users));
    }

    private long[] known(int[] users) {
        return IntStream.range(0, users.length)
                .boxed()
                .flatMapToLong(row -> Arrays.stream(histories.row(users[row]))
                        .mapToLong(item -> (long) row * histories.columns() + item))
                .toArray();
    }

    /// Returns everything that the next epoch depends on.
    ///
    /// @param scope owner of new arrays
    NDList state(NDManager scope) {
        NDList state = new NDList(parameters);
        state.addAll(weights.state(scope));
        return state;
    }

    /// Restores a state.
    void restore(NDList state) {
        Tensors.copyInto(state, parameters);
        weights.restore(state);
    }

    /// Users of a step.
    ///
    /// @param users rows of B users
    /// @param shown shown items of all users, one user after the other
    /// @param offsets index of each user's first shown item
    /// @param weights `1 / sqrt(d_i)` of each shown item
    /// @param own weight of `x_u` in the sum over the shown items
    /// @param targets target of each user
    /// @param targetOwn weight of `x_u` in the target
    /// @param steps t of each user
    /// @param known positions in `[B, I]` of the items of the histories
    @SuppressWarnings("ArrayRecordComponent")
    record Batch(
            long[] users,
            long[] shown,
            long[] offsets,
            float[] weights,
            float[] own,
            long[] targets,
            float[] targetOwn,
            long[] steps,
            long[] known) {}
}

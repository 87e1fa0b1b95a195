package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import io.diffmm.engine.EngineScript;
import io.diffmm.graph.Neighbours;
import io.diffmm.graph.Neighbours.Adjacency;
import io.diffmm.model.Products;
import java.util.List;

/// The recommendation part of DiffMM over all users and items (Jiang et al. 2024, section 3.3).
///
/// Shapes: N = U + I nodes, users first; d embedding; M modalities; L layers. With `Abar` the interaction graph
/// and `A_m` the graph that diffusion generated for modality m:
///
/// ```
/// Z1 = Abar [E_u ; norm(F_m)]     Z2 = Abar [Z1's users ; E_i]     Zg = A_m [E_u ; E_i]
/// Z_m = Z1 + Z2 + gamma Zg        H0 = sum_m kappa_m Z_m
/// H   = H0 + Abar H0 + ... + Abar^L H0 + omega norm(H0)            score(u, i) = H_u . H_i
/// Y_m = A_m [E_u ; norm(F_m)], summed over the same L layers       (contrast only)
///
/// loss = -sum log sigmoid(H_u . (H_p - H_n)) / batch size + ssl L_cl + reg (|E_u|^2 + |E_i|^2)
/// ```
///
/// `L_cl` is InfoNCE between views of unit vectors (van den Oord et al. 2018, <https://arxiv.org/abs/1807.03748>), with
/// the batch's users and positive items as anchors and all users or items in the denominator, whose similarities are
/// never held all at once.
///
/// It runs as one program, `modality-graph.pt`, which has the way back written out: automatic differentiation
/// would hold those similarities, and propagate along sparse matrices several times slower.
///
/// Memory: the program belongs to the manager given at construction and keeps the parameters and graphs that it was
/// given alive; it sees parameters as they change. Not to be used by two threads at once.
public final class GraphNetwork implements AutoCloseable {

    private static final double LEAST_NORM = 1e-12;

    private final NDManager manager;
    private final EngineScript program;
    private final int layers;
    private final int modalities;

    /// A network over parameters that somebody else owns.
    ///
    /// @param interactions `Abar`
    /// @param features raw features of each modality, M of `[I, f]`
    GraphNetwork(
            NDManager manager,
            DiffMmSettings settings,
            Adjacency interactions,
            List<NDArray> features,
            GraphParameters parameters) {
        this.manager = manager;
        this.program = EngineScript.load("modality-graph", manager);
        this.layers = settings.layers();
        this.modalities = features.size();
        Neighbours abar = interactions.forward();
        try (NDManager scope = manager.newSubManager()) {
            program.call(
                    "prepare",
                    scope,
                    parameters.users(),
                    parameters.items(),
                    parameters.modalityLogits(),
                    abar.columns(),
                    abar.offsets(),
                    abar.weights(),
                    numbers(settings, scope));
            for (int m = 0; m < modalities; m++) {
                FeatureMap map = parameters.maps().get(m);
                NDArray bias = map.bias().orElseGet(() -> scope.create(new Shape(0)));
                program.call("modality", scope, features.get(m), map.weight(), bias);
            }
        }
    }

    private static NDArray numbers(DiffMmSettings settings, NDManager scope) {
        float[] numbers = {
            settings.layers(),
            (float) settings.residual(),
            (float) settings.modalityGraph(),
            (float) settings.contrast().weight(),
            (float) settings.contrast().temperature(),
            settings.contrast().method() == ContrastMethod.MODALITY_PAIRS ? 1 : 0,
            (float) settings.optimisation().regularisation(),
            settings.optimisation().batchSize(),
            settings.optimisation().products() == Products.BFLOAT16 ? 1 : 0
        };
        return EngineArrays.dense(scope, numbers, new Shape(numbers.length));
    }

    /// Sets the graphs that diffusion generated, one for each modality; the arrays may be closed then.
    public void use(List<Adjacency> generated) {
        try (NDManager scope = manager.newSubManager()) {
            program.call("forget", scope, scope.create(new Shape(0)));
            for (Adjacency graph : generated) {
                Neighbours to = graph.forward();
                Neighbours back = graph.backward();
                program.call(
                        "generate",
                        scope,
                        to.columns(),
                        to.offsets(),
                        to.weights(),
                        back.columns(),
                        back.offsets(),
                        back.weights());
            }
        }
    }

    /// The states of all nodes.
    ///
    /// @param mapped `norm(F_m)` of each modality, `[I, d]`
    /// @param layers `Abar^l H0` for l = 0..L, `[N, d]`
    /// @param last `H`, `[N, d]`
    public record States(List<NDArray> mapped, List<NDArray> layers, NDArray last) {}

    /// The main view.
    ///
    /// @param scope receives the arrays
    public States states(NDManager scope) {
        NDList states = program.callForList("states", scope, scope.create(new Shape(0)));
        int first = modalities + layers + 1;
        return new States(
                List.copyOf(states.subList(0, modalities)),
                List.copyOf(states.subList(modalities, first)),
                states.get(first));
    }

    /// The loss of a batch of triples, and its gradient to every parameter.
    ///
    /// @param users rows of users, `[B]`
    /// @param positives rows of items that they have
    /// @param negatives rows of items that they have not
    /// @param scope receives the arrays
    /// @return a scalar, then the gradients in the order of [GraphParameters#parameters]
    public NDList lossAndGradients(long[] users, long[] positives, long[] negatives, NDManager scope) {
        return program.callForList(
                "forward",
                scope,
                EngineArrays.integers(scope, users),
                EngineArrays.integers(scope, positives),
                EngineArrays.integers(scope, negatives));
    }

    /// `x / |x|`, row by row.
    static NDArray normalised(NDArray rows) {
        return rows.div(rows.norm(new int[] {1}, true).maximum((float) LEAST_NORM));
    }

    @Override
    public void close() {
        program.close();
    }
}

package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import io.diffmm.graph.Adjacency;
import io.diffmm.model.Tensors;
import java.util.ArrayList;
import java.util.List;

/// The forward pass of DiffMM over all users and items (Jiang et al. 2024, section 3.3).
///
/// Shapes: N = U + I nodes, users first; d embedding; M modalities; L layers. With `Abar` the interaction graph
/// and `A_m` the graph that diffusion generated for modality m:
///
/// ```
/// Z1 = Abar [E_u ; norm(F_m)]     Z2 = Abar [Z1's users ; E_i]     Zg = A_m [E_u ; E_i]
/// Z_m = Z1 + Z2 + gamma Zg        H0 = sum_m kappa_m Z_m
/// H   = H0 + Abar H0 + ... + Abar^L H0 + omega norm(H0)            score(u, i) = H_u . H_i
/// Y_m = A_m [E_u ; norm(F_m)], summed over the same L layers       (contrast only)
/// ```
///
/// Memory: everything computed attaches to the manager of the parameters; give aliases of a scope's own.
final class GraphNetwork {

    private static final double LEAST_NORM = 1e-12;

    private final DiffMmSettings settings;
    private final Adjacency interactions;

    GraphNetwork(DiffMmSettings settings, Adjacency interactions) {
        this.settings = settings;
        this.interactions = interactions;
    }

    /// The states of all nodes.
    ///
    /// @param mapped `norm(F_m)` of each modality, `[I, d]`
    /// @param layers `Abar^l H0` for l = 0..L, `[N, d]`
    /// @param last `H`, `[N, d]`
    record States(List<NDArray> mapped, List<NDArray> layers, NDArray last) {}

    /// The main view.
    ///
    /// @param features raw features of each modality, `[I, f]`
    /// @param generated `A_m` of each modality
    States forward(GraphParameters parameters, List<NDArray> features, List<Adjacency> generated) {
        List<NDArray> mapped = mapped(parameters, features);
        NDArray kappa = parameters.modalityWeights(); // [M]
        NDArray ids = NDArrays.concat(new NDList(parameters.users(), parameters.items())); // [N, d]
        NDArray first = ids.zerosLike(); // H0 [N, d]
        for (int m = 0; m < mapped.size(); m++) {
            NDArray state = modalityState(parameters, mapped.get(m))
                    .add(Tensors.times(generated.get(m).propagate(ids), settings.modalityGraph())); // Z_m [N, d]
            first = first.add(state.mul(kappa.get(new NDIndex("{}", m))));
        }
        List<NDArray> layers = layers(first);
        NDArray last = sum(layers).add(Tensors.times(normalised(first), settings.residual()));
        return new States(mapped, layers, last);
    }

    /// `Y_m` of one modality, the view that the contrastive term uses.
    ///
    /// @param mapped `norm(F_m)`, `[I, d]`
    /// @return `[N, d]`
    NDArray contrastView(GraphParameters parameters, NDArray mapped, Adjacency generated) {
        NDArray base = NDArrays.concat(new NDList(parameters.users(), mapped)); // [N, d]
        return sum(layers(generated.propagate(base)));
    }

    /// `x / |x|`, row by row.
    static NDArray normalised(NDArray rows) {
        return rows.div(Tensors.atLeast(rows.norm(new int[] {1}, true), LEAST_NORM));
    }

    private static List<NDArray> mapped(GraphParameters parameters, List<NDArray> features) {
        List<NDArray> mapped = new ArrayList<>();
        for (int m = 0; m < features.size(); m++) {
            mapped.add(normalised(parameters.maps().get(m).apply(features.get(m))));
        }
        return mapped;
    }

    /// `Z1 + Z2`, `[N, d]`.
    private NDArray modalityState(GraphParameters parameters, NDArray mapped) {
        NDArray base = NDArrays.concat(new NDList(parameters.users(), mapped)); // [N, d]
        NDArray once = interactions.propagate(base); // Z1 [N, d]
        long users = parameters.users().getShape().get(0);
        NDArray seen = once.get(new NDIndex("0:{}", users)); // Z1's users [U, d]
        NDArray twice = interactions.propagate(NDArrays.concat(new NDList(seen, parameters.items()))); // Z2
        return once.add(twice);
    }

    /// `Abar^l x` for l = 0..L.
    private List<NDArray> layers(NDArray first) {
        List<NDArray> layers = new ArrayList<>();
        layers.add(first);
        for (int layer = 0; layer < settings.layers(); layer++) {
            layers.add(interactions.propagate(layers.getLast()));
        }
        return layers;
    }

    private static NDArray sum(List<NDArray> arrays) {
        NDArray total = arrays.getFirst();
        for (NDArray array : arrays.subList(1, arrays.size())) {
            total = total.add(array);
        }
        return total;
    }
}

package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import io.diffmm.graph.Adjacency;
import java.util.List;
import java.util.stream.IntStream;

/// The views of all users and items that one forward pass gives, for the losses.
public final class Views {

    private final GraphNetwork network;
    private final GraphParameters parameters;
    private final GraphNetwork.States states;
    private final List<Adjacency> generated;

    Views(GraphNetwork network, GraphParameters parameters, GraphNetwork.States states, List<Adjacency> generated) {
        this.network = network;
        this.parameters = parameters;
        this.states = states;
        this.generated = generated;
    }

    /// `H`, `[N, d]`, users first.
    public NDArray main() {
        return states.last();
    }

    /// The items' rows of a view, `[I, d]`.
    public NDArray items(NDArray view) {
        return view.get(new NDIndex("{}:", parameters.users().getShape().get(0)));
    }

    /// The users' rows of a view, `[U, d]`.
    public NDArray users(NDArray view) {
        return view.get(new NDIndex("0:{}", parameters.users().getShape().get(0)));
    }

    /// `Y_m` of every modality, `[N, d]`.
    public List<NDArray> modalities() {
        return IntStream.range(0, generated.size())
                .mapToObj(m -> network.contrastView(parameters, states.mapped().get(m), generated.get(m)))
                .toList();
    }

    /// A view with every row scaled to length 1.
    public static NDArray normalised(NDArray view) {
        return GraphNetwork.normalised(view);
    }

    GraphNetwork.States states() {
        return states;
    }
}

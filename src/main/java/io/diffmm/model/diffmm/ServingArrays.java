package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.graph.BipartiteGraph;
import java.util.List;

/// What a trained DiffMM publishes: its parameters, and the items' states that one last forward pass gives.
final class ServingArrays {

    private final DiffMm model;
    private final BipartiteGraph interactions;
    private final List<BipartiteGraph> generated;

    ServingArrays(DiffMm model, BipartiteGraph interactions, List<InteractionMatrix> generated) {
        this.model = model;
        this.interactions = interactions;
        this.generated = generated.stream().map(BipartiteGraph::of).toList();
    }

    /// The arrays under their names; those that are not parameters attach to `target`.
    NDList compute(NDManager target) {
        NDList arrays = model.parameters();
        arrays.add(named(target.create(interactions.itemDegrees()), WeightNames.DEGREE));
        arrays.add(named(audiences(target), WeightNames.AUDIENCE));
        for (int m = 0; m < generated.size(); m++) {
            String modality = model.modalities().get(m);
            NDArray degrees = target.create(generated.get(m).itemDegrees());
            arrays.add(named(degrees, WeightNames.generatedDegree(modality)));
        }
        try (NDManager scope = target.newSubManager()) {
            addStates(arrays, scope);
        }
        return arrays;
    }

    private void addStates(NDList arrays, NDManager scope) {
        model.network()
                .use(generated.stream().map(graph -> graph.adjacency(scope)).toList());
        GraphNetwork.States states = model.network().states(scope);
        for (int m = 0; m < generated.size(); m++) {
            String modality = model.modalities().get(m);
            arrays.add(named(scope.ret(states.mapped().get(m)), WeightNames.mapped(modality)));
        }
        for (int layer = 0; layer + 1 < states.layers().size(); layer++) {
            arrays.add(named(items(states.layers().get(layer), scope), WeightNames.layer(layer)));
        }
        arrays.add(named(items(states.last(), scope), WeightNames.LAST));
    }

    /// The items' rows of a state, `[I, d]`, for the scope's parent.
    private NDArray items(NDArray state, NDManager scope) {
        return scope.ret(state.get(new NDIndex("{}:", model.histories().rows())).duplicate());
    }

    private NDArray audiences(NDManager target) {
        Table users = Table.of(model.graphParameters().users());
        Shape shape = new Shape(model.histories().columns(), users.columns());
        return target.create(Audiences.of(users, model.histories()), shape);
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }
}

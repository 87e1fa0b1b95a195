package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.EngineArrays;
import io.diffmm.families.denoiser.DenoiserTask.ModalitySignal;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.AdamOptimiser;
import io.diffmm.training.TrainingRun;
import io.diffmm.training.Triples;
import java.util.List;
import java.util.random.RandomGenerator;

/// Recommendation part in the published form: [GraphNetwork], trained on every interaction once an epoch.
final class GraphTrainer implements RecommendationTrainer {

    private final NDManager manager;
    private final DiffMmSettings settings;
    private final RecommendationForm.Published form;
    private final InteractionMatrix histories;
    private final List<String> modalities;
    private final List<NDArray> features; // M of [I, f]
    private final BipartiteGraph graph;
    private final GraphParameters parameters;
    private final GraphNetwork network;
    private final AdamOptimiser optimiser;

    /// Creates a part with random parameters, drawn from the engine's generator.
    ///
    /// @param manager owner of the native arrays
    /// @param form recommendation part of the settings
    /// @param histories items of each user
    /// @param raw features of every modality, at least one
    GraphTrainer(
            NDManager manager,
            DiffMmSettings settings,
            RecommendationForm.Published form,
            InteractionMatrix histories,
            List<FeatureMatrix> raw) {
        this.manager = manager;
        this.settings = settings;
        this.form = form;
        this.histories = histories;
        this.modalities = raw.stream().map(FeatureMatrix::modality).toList();
        this.features = raw.stream()
                .map(matrix -> EngineArrays.dense(manager, matrix.values(), new Shape(matrix.rows(), matrix.columns())))
                .toList();
        this.graph = BipartiteGraph.of(histories);
        this.parameters =
                GraphParameters.random(manager, histories.rows(), raw, form.featureMap(), settings.embeddingSize());
        this.network = new GraphNetwork(
                manager, form, settings.optimisation(), graph.adjacency(manager), features, parameters);
        this.optimiser = new AdamOptimiser(
                manager,
                "graph",
                parameters.parameters(),
                settings.optimisation().learningRate());
    }

    /// Parameters of the network.
    GraphParameters parameters() {
        return parameters;
    }

    /// Network over all users and items.
    GraphNetwork network() {
        return network;
    }

    @Override
    public int steps(int number) {
        return Math.ceilDiv(histories.size(), settings.optimisation().batchSize());
    }

    @Override
    public void epoch(
            int number, List<InteractionMatrix> generated, RandomGenerator random, TrainingRun.StepListener progress) {
        Triples triples = Triples.draw(histories, random);
        int batch = settings.optimisation().batchSize();
        useGraphs(generated, random);
        for (int from = 0; from < triples.size(); from += batch) {
            Triples.Batch chosen = triples.batch(from, batch);
            float loss = optimiser.step(
                    scope -> network.lossAndGradients(chosen.users(), chosen.positives(), chosen.negatives(), scope));
            progress.step(STAGE.name(), loss);
        }
    }

    /// Sets the epoch's generated graphs, with the epoch's own edge dropout.
    private void useGraphs(List<InteractionMatrix> generated, RandomGenerator random) {
        try (NDManager scope = manager.newSubManager()) {
            network.use(generated.stream()
                    .map(edges -> BipartiteGraph.of(edges).adjacency(scope, form.edgeKeep(), random))
                    .toList());
        }
    }

    @Override
    public ModalitySignal signal(int modality) {
        return new ModalitySignal() {
            @Override
            public NDArray mapped(NDManager scope) {
                return parameters.maps().get(modality).apply(Tensors.alias(features.get(modality), scope));
            }

            @Override
            public NDArray embedded() {
                return parameters.items();
            }
        };
    }

    /// Computes the arrays to publish: the parameters, and the states of the items on the generated
    /// graphs without dropout, from one forward pass.
    @Override
    public NDList published(List<InteractionMatrix> generated, NDManager target) {
        List<BipartiteGraph> graphs = generated.stream().map(BipartiteGraph::of).toList();
        NDList arrays = parameters.parameters();
        arrays.add(named(target.create(graph.itemDegrees()), PublishedArrays.DEGREE));
        arrays.add(named(itemUserMeans(target), PublishedArrays.AUDIENCE));
        for (int m = 0; m < graphs.size(); m++) {
            NDArray degrees = target.create(graphs.get(m).itemDegrees());
            arrays.add(named(degrees, PublishedArrays.generatedDegree(modalities.get(m))));
        }
        try (NDManager scope = target.newSubManager()) {
            addStates(arrays, graphs, scope);
        }
        return arrays;
    }

    private NDArray itemUserMeans(NDManager target) {
        EmbeddingTable users = EmbeddingTable.of(parameters.users());
        return target.create(users.itemUserMeans(histories), new Shape(histories.columns(), users.columns()));
    }

    private void addStates(NDList arrays, List<BipartiteGraph> graphs, NDManager scope) {
        network.use(graphs.stream().map(generated -> generated.adjacency(scope)).toList());
        GraphNetwork.States states = network.states(scope);
        for (int m = 0; m < graphs.size(); m++) {
            arrays.add(named(scope.ret(states.mapped().get(m)), PublishedArrays.mapped(modalities.get(m))));
        }
        for (int layer = 0; layer + 1 < states.layers().size(); layer++) {
            arrays.add(named(items(states.layers().get(layer), scope), PublishedArrays.layer(layer)));
        }
        arrays.add(named(items(states.last(), scope), PublishedArrays.LAST));
    }

    /// Returns the items' rows of a state, `[I, d]`, owned by the scope's parent.
    private NDArray items(NDArray state, NDManager scope) {
        return scope.ret(state.get(new NDIndex("{}:", histories.rows())).duplicate());
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }

    @Override
    public NDList state(NDManager scope) {
        NDList state = parameters.parameters();
        state.addAll(optimiser.state(scope));
        return state;
    }

    @Override
    public void restore(NDList state) {
        Tensors.copyInto(state, parameters.parameters());
        optimiser.restore(state);
    }
}

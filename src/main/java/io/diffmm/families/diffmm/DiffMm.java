package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.engine.EngineArrays;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.families.diffmm.DiffMmFamily.DiffMmViews;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.StageTimes;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.safetensors.Tensors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// DiffMM in training: parameters, data and the interaction graph on one device.
///
/// Owns its native arrays until it is closed. Not thread-safe.
public final class DiffMm implements AutoCloseable {

    /// Users whose rows are denoised at once.
    private static final int BATCH = 1024;

    private final NDManager manager;
    private final DiffMmSettings settings;
    private final InteractionMatrix histories;
    private final List<String> modalities;
    private final List<NDArray> features; // M of [I, f]
    private final BipartiteGraph graph;
    private final GraphNetwork network;
    private final GraphParameters graphParameters;
    private final List<Denoiser> denoisers;

    /// Creates a model with random parameters, drawn from the engine's generator.
    ///
    /// @param parent parent of the native arrays, on the device to train with
    /// @param histories items of each user
    /// @param raw features of every modality, at least one
    public DiffMm(NDManager parent, DiffMmSettings settings, InteractionMatrix histories, List<FeatureMatrix> raw) {
        this.manager = parent.newSubManager();
        this.settings = settings;
        this.histories = histories;
        this.modalities = raw.stream().map(FeatureMatrix::modality).toList();
        this.features = raw.stream()
                .map(matrix -> EngineArrays.dense(manager, matrix.values(), new Shape(matrix.rows(), matrix.columns())))
                .toList();
        this.graph = BipartiteGraph.of(histories);
        this.graphParameters = GraphParameters.random(manager, histories.rows(), raw, settings);
        this.network = new GraphNetwork(manager, settings, graph.adjacency(manager), features, graphParameters);
        this.denoisers = raw.stream()
                .map(_ -> Denoiser.random(
                        manager,
                        histories.columns(),
                        settings.diffusion().stepEmbedding(),
                        settings.diffusion().hidden()))
                .toList();
    }

    /// Names of the modalities; every list of M elements is in their order.
    public List<String> modalities() {
        return modalities;
    }

    /// Parameters of the recommendation part.
    public GraphParameters graphParameters() {
        return graphParameters;
    }

    /// Denoisers of the modalities; their arrays are the model's.
    public List<Denoiser> denoisers() {
        return denoisers;
    }

    /// All parameters of the model under their names.
    public NDList parameters() {
        NDList parameters = graphParameters.parameters();
        for (int m = 0; m < denoisers.size(); m++) {
            parameters.addAll(denoisers.get(m).parameters(PublishedArrays.denoiser(modalities.get(m))));
        }
        return parameters;
    }

    /// Recommendation part over all users and items.
    public GraphNetwork network() {
        return network;
    }

    /// Computes `F_m`, a constant of the diffusion's loss.
    ///
    /// @param scope owner of the result
    /// @return `[I, d]`
    public NDArray mappedFeatures(int modality, NDManager scope) {
        return graphParameters.maps().get(modality).apply(Tensors.alias(features.get(modality), scope));
    }

    /// Generates the graph of each modality: every user's row passes through the reverse diffusion of the
    /// modality's denoiser, and its best items become the user's edges. Items of the history may be among them.
    public List<InteractionMatrix> generateGraphs() {
        return denoisers.stream().map(this::generateGraph).toList();
    }

    private InteractionMatrix generateGraph(Denoiser denoiser) {
        DenoiserSettings own = settings.diffusion();
        if (own.feedback().isPresent()) {
            return fedBack(denoiser);
        }
        HistoryRows rows = HistoryRows.of(histories.columns(), own, TemporalWeights.NONE);
        List<int[]> edges = new ArrayList<>(histories.rows());
        try (var diffusion = new HiddenReverseDiffusion(manager, denoiser, own.schedule(), own.prediction())) {
            for (int from = 0; from < histories.rows(); from += BATCH) {
                edges.addAll(bestItems(diffusion, denoiser, rows.of(batch(from))));
            }
        }
        return InteractionMatrix.of(histories.columns(), edges);
    }

    /// Generates the graph of a denoiser with feedback, as serving does.
    private InteractionMatrix fedBack(Denoiser denoiser) {
        List<int[]> edges = new ArrayList<>(histories.rows());
        try (NDManager scope = manager.newSubManager()) {
            ItemSearches searches = ItemSearches.scans(Precision.FLOAT32, scope);
            ModalityRows rows = ModalityRows.open("training", denoiser, settings, searches, scope);
            for (int from = 0; from < histories.rows(); from += BATCH) {
                List<int[]> batch = batch(from);
                List<UserVector> users = rows.users(batch, Recency.NONE);
                edges.addAll(rows.edges(batch, users, Recency.NONE, new StageTimes()));
            }
            rows.close();
        }
        return InteractionMatrix.of(histories.columns(), edges);
    }

    /// Returns the histories of a batch of users, `from` the first.
    private List<int[]> batch(int from) {
        return IntStream.range(from, Math.min(from + BATCH, histories.rows()))
                .mapToObj(histories::row)
                .toList();
    }

    private List<int[]> bestItems(HiddenReverseDiffusion diffusion, Denoiser denoiser, SparseRows rows) {
        int kept = Math.min(settings.edgesPerUser(), rows.columns());
        try (NDManager scope = manager.newSubManager()) {
            NDArray denoised = diffusion.denoised(rows, denoiser.output(), scope); // [B, I]
            long[] best = denoised.topK(kept, 1).get(1).toLongArray(); // [B, kept]
            return IntStream.range(0, rows.size())
                    .mapToObj(row -> IntStream.range(row * kept, (row + 1) * kept)
                            .map(at -> (int) best[at])
                            .toArray())
                    .toList();
        }
    }

    /// Computes the arrays to publish: the parameters, and the states of the items on the generated graphs without
    /// dropout, from one forward pass.
    ///
    /// @param target owner of new arrays; the parameters stay the model's
    public NDList servingArrays(List<InteractionMatrix> generated, NDManager target) {
        List<BipartiteGraph> graphs = generated.stream().map(BipartiteGraph::of).toList();
        NDList arrays = parameters();
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
        EmbeddingTable users = EmbeddingTable.of(graphParameters.users());
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

    /// Returns the model as serving would load it, without writing a file.
    public ScoringModel views(List<InteractionMatrix> generated) {
        NDManager own = manager.newSubManager();
        return new DiffMmViews(
                own, servingArrays(generated, own), settings, ItemSearches.scans(Precision.FLOAT32, own));
    }

    @Override
    public void close() {
        network.close();
        manager.close();
    }
}

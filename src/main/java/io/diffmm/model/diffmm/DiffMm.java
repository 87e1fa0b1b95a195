package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.engine.EngineArrays;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.Tensors;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import java.util.ArrayList;
import java.util.List;

/// DiffMM as it is trained: parameters, data and the interaction graph on one device.
///
/// Owns its native arrays until it is closed. Not to be used by two threads at once.
public final class DiffMm implements AutoCloseable {

    private final NDManager manager;
    private final DiffMmSettings settings;
    private final InteractionMatrix histories;
    private final List<String> modalities;
    private final List<NDArray> features; // M of [I, f]
    private final BipartiteGraph graph;
    private final GraphNetwork network;
    private final GraphParameters graphParameters;
    private final List<Denoiser> denoisers;

    /// A new model with random parameters, drawn from the engine's generator.
    ///
    /// @param parent parent of the native arrays, on the device to train with
    /// @param histories each user's items
    /// @param raw the features of every modality, at least one
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

    public DiffMmSettings settings() {
        return settings;
    }

    public InteractionMatrix histories() {
        return histories;
    }

    /// The names of the modalities; every list of M things is in their order.
    public List<String> modalities() {
        return modalities;
    }

    /// What the recommendation part learns.
    public GraphParameters graphParameters() {
        return graphParameters;
    }

    /// The parameters of a modality's denoiser under their names.
    public NDList denoiserParameters(int modality) {
        return denoisers.get(modality).parameters(WeightNames.denoiser(modalities.get(modality)));
    }

    /// The denoiser of a modality; its arrays are the model's.
    public Denoiser denoiser(int modality) {
        return denoisers.get(modality);
    }

    /// The denoiser of every modality; their arrays are the model's.
    public List<Denoiser> denoisers() {
        return denoisers;
    }

    /// Every parameter of the model under its name.
    public NDList parameters() {
        NDList parameters = graphParameters.parameters();
        for (int m = 0; m < denoisers.size(); m++) {
            parameters.addAll(denoiserParameters(m));
        }
        return parameters;
    }

    /// The recommendation part over all users and items.
    public GraphNetwork network() {
        return network;
    }

    /// `F_m`, a constant of the diffusion's loss.
    ///
    /// @param scope owns the result
    /// @return `[I, d]`
    public NDArray mappedFeatures(int modality, NDManager scope) {
        return graphParameters.maps().get(modality).apply(Tensors.alias(features.get(modality), scope));
    }

    /// The graph of each modality: every user's row goes through the reverse diffusion of the modality's denoiser.
    public List<InteractionMatrix> generateGraphs() {
        List<InteractionMatrix> generated = new ArrayList<>();
        for (Denoiser denoiser : denoisers) {
            generated.add(GeneratedGraph.of(denoiser, settings, histories, manager));
        }
        return generated;
    }

    /// The arrays to publish: the parameters, and the items' states on the generated graphs without dropout.
    ///
    /// @param scope owns what is computed; the parameters stay the model's
    public NDList servingArrays(List<InteractionMatrix> generated, NDManager scope) {
        return new ServingArrays(this, graph, generated).compute(scope);
    }

    /// The model as serving would load it, without the way through a file.
    public DiffMmViews views(List<InteractionMatrix> generated) {
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

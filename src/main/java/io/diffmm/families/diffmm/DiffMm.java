package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.families.diffmm.DiffMmFamily.DiffMmViews;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.StageTimes;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
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
    private final RecommendationTrainer recommendation;
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
        this.recommendation = switch (settings.recommendation()) {
            case RecommendationForm.Published form -> new GraphTrainer(manager, settings, form, histories, raw);
            case RecommendationForm.History form -> new HistoryTrainer(manager, settings, form, histories, raw);
        };
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

    /// Recommendation part.
    RecommendationTrainer recommendation() {
        return recommendation;
    }

    /// Denoisers of the modalities; their arrays are the model's.
    public List<Denoiser> denoisers() {
        return denoisers;
    }

    /// Parameters of the denoisers under their names.
    NDList denoiserParameters() {
        NDList parameters = new NDList();
        for (int m = 0; m < denoisers.size(); m++) {
            parameters.addAll(denoisers.get(m).parameters(PublishedArrays.denoiser(modalities.get(m))));
        }
        return parameters;
    }

    /// Generates the graph of each modality: every user's row passes through the reverse diffusion of the
    /// modality's denoiser, and its best items become the user's edges. Items of the history may be among them.
    ///
    /// @return one graph for each modality; none if the recommendation part does not use them
    public List<InteractionMatrix> generateGraphs() {
        return settings.recommendation().usesGraphs()
                ? denoisers.stream().map(this::generateGraph).toList()
                : List.of();
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
        int kept = Math.min(settings.recommendation().edgesPerUser(), rows.columns());
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

    /// Computes the arrays to publish.
    ///
    /// @param generated result of [#generateGraphs]
    /// @param target owner of new arrays; parameters stay the model's
    public NDList servingArrays(List<InteractionMatrix> generated, NDManager target) {
        NDList arrays = denoiserParameters();
        arrays.addAll(recommendation.published(generated, target));
        return arrays;
    }

    /// Returns the model as serving would load it, without writing a file.
    public ScoringModel views(List<InteractionMatrix> generated) {
        NDManager own = manager.newSubManager();
        return new DiffMmViews(
                own, servingArrays(generated, own), settings, ItemSearches.scans(Precision.FLOAT32, own));
    }

    @Override
    public void close() {
        manager.close();
    }
}

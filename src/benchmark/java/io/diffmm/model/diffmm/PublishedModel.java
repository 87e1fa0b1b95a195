package io.diffmm.model.diffmm;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.Manifest;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.DenseReverseDiffusion;
import io.diffmm.engine.PyTorch;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.Tensors;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.model.denoiser.HistoryRows;
import io.diffmm.model.denoiser.TemporalWeights;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// The model that is measured: the one of this repository, or another by `-Ddiffmm.artifact=DIR`.
final class PublishedModel implements AutoCloseable {

    private static final int TOP = 20;

    private final Artifact artifact;
    private final DiffMmSettings settings;
    private final NDManager manager;
    private final NDList arrays;
    private int next;

    PublishedModel() throws IOException {
        artifact = ArtifactReader.open(ArtifactLocator.resolve(
                Path.of(System.getProperty("diffmm.artifact", "model-artifacts")), Optional.empty()));
        settings = DiffMmSettings.of(artifact.manifest().settings());
        manager = PyTorch.engine().newBaseManager(Device.cpu());
        arrays = Tensors.read(artifact.weights(), manager);
    }

    NDManager manager() {
        return manager;
    }

    Recommender recommender(Optional<Precision> precision) throws IOException {
        Manifest manifest = artifact.manifest();
        return ModelFiles.of(
                        List.of(new ModelFiles.Member(manifest.family(), manifest.settings(), artifact.weights())),
                        artifact.links(),
                        manifest.blend())
                .load(manager, SearchSettings.scans(precision));
    }

    /// The published loop of every modality.
    List<DenseReverseDiffusion> denseLoops() {
        return PublishedArrays.modalities(arrays).stream()
                .map(modality -> new DenseReverseDiffusion(
                        Denoiser.of(arrays, WeightNames.denoiser(modality)),
                        settings.diffusion().schedule(),
                        settings.diffusion().prediction()))
                .toList();
    }

    HistoryRows rows() {
        return HistoryRows.of(items(), settings.diffusion(), TemporalWeights.NONE);
    }

    int items() {
        return artifact.contents().items().size();
    }

    /// H, the denoisers' last hidden layer.
    int width() {
        return settings.diffusion().hidden().getLast();
    }

    /// What the next users ask, other users each time.
    List<RankingQuery> nextQueries(int count) {
        InteractionMatrix histories = artifact.contents().histories();
        return IntStream.range(0, count)
                .map(_ -> next++ % histories.rows())
                .mapToObj(user -> query(user, histories.row(user)))
                .toList();
    }

    private static RankingQuery query(int user, int[] history) {
        BitSet seen = new BitSet();
        for (int item : history) {
            seen.set(item);
        }
        return new RankingQuery(new UserHistory(OptionalInt.of(user), history), seen, TOP);
    }

    NDArray random(long rows, long columns) {
        return manager.randomNormal(0, 1, new Shape(rows, columns), DataType.FLOAT32);
    }

    /// The multiply-adds that the algebra leaves of one user: `M (|history| H + (T - 1) H^2 + H I) + d I`, on average.
    long multiplyAdds() {
        long width = width();
        long modalities = PublishedArrays.modalities(arrays).size();
        InteractionMatrix histories = artifact.contents().histories();
        long history = histories.size() / histories.rows();
        int steps = settings.diffusion().schedule().steps();
        return modalities * (history * width + (steps - 1) * width * width + width * items())
                + (long) settings.embeddingSize() * items();
    }

    @Override
    public void close() {
        manager.close();
    }
}

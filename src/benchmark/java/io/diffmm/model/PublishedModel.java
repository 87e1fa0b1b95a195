package io.diffmm.model;

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
import io.diffmm.engine.PyTorch.EngineThreads;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.safetensors.Tensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Model under test: that of this repository, or of `-Ddiffmm.artifact=DIR`.
final class PublishedModel implements AutoCloseable {

    private static final int TOP = 20;
    private static final String FIRST = "in.items";

    private final Artifact artifact;
    private final DenoiserSettings settings;
    private final TemporalWeights temporal;
    private final NDManager manager;
    private final NDList arrays;
    private int next;

    PublishedModel() throws IOException {
        artifact = ArtifactReader.open(ArtifactLocator.resolve(
                Path.of(System.getProperty("diffmm.artifact", "model-artifacts")), Optional.empty()));
        Map<String, Object> tree = artifact.manifest().settings();
        settings = DenoiserSettings.of(section(tree, DenoiserSettings.SECTION));
        temporal = SettingsMapper.read(
                section(TemporalWeights.complete(tree), TemporalWeights.SECTION), TemporalWeights.class);
        manager = PyTorch.engine().newBaseManager(Device.cpu());
        arrays = onOneThread(() -> Tensors.read(artifact.weights(), manager));
    }

    private static Map<String, Object> section(Map<String, Object> tree, String name) {
        Map<String, Object> section = new LinkedHashMap<>();
        ((Map<?, ?>) Objects.requireNonNull(tree.get(name)))
                .forEach((key, value) -> section.put(String.valueOf(key), value));
        return section;
    }

    NDManager manager() {
        return manager;
    }

    Recommender recommender(Optional<Precision> precision) throws IOException {
        Manifest manifest = artifact.manifest();
        ModelFiles files = ModelFiles.of(
                List.of(new ModelFiles.Member(manifest.family(), manifest.settings(), artifact.weights())),
                artifact.links(),
                manifest.blend());
        return onOneThread(() -> files.load(manager, SearchSettings.scans(precision)));
    }

    /// Loads with one intra-op thread, as a server does: with several, the engine would keep a team of threads.
    private static <T> T onOneThread(Loading<T> loading) throws IOException {
        try {
            return EngineThreads.with(1, () -> {
                try {
                    return loading.load();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private interface Loading<T> {
        T load() throws IOException;
    }

    /// Returns the prefix of each denoiser's array names.
    private List<String> denoisers() {
        return arrays.stream()
                .map(NDArray::getName)
                .filter(name -> name.endsWith(FIRST))
                .map(name -> name.substring(0, name.length() - FIRST.length()))
                .toList();
    }

    /// Returns the published loop of every denoiser.
    List<DenseReverseDiffusion> denseLoops() {
        return denoisers().stream()
                .map(denoiser -> new DenseReverseDiffusion(
                        Denoiser.of(arrays, denoiser), settings.schedule(), settings.prediction()))
                .toList();
    }

    HistoryRows rows() {
        return HistoryRows.of(items(), settings, temporal);
    }

    int items() {
        return artifact.contents().items().size();
    }

    /// Returns H, the width of the denoisers' last hidden layer.
    int width() {
        return settings.hidden().getLast();
    }

    /// Returns queries of the next users, different users each time.
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

    /// Returns the mean number of multiply-adds per user after all algebraic simplifications: for each denoiser
    /// `|history| H + (T - 1) (between + F H) + between + F I`, with H the first hidden layer, F the last one, and
    /// `between` the products of the layers between them; and `d I` for embeddings.
    /// With feedback of K items, a pass after the first costs `K H + between + F I`.
    long multiplyAdds() {
        List<Integer> hidden = settings.hidden();
        long first = hidden.getFirst();
        long last = hidden.getLast();
        long between = IntStream.range(1, hidden.size())
                .mapToLong(layer -> (long) hidden.get(layer - 1) * hidden.get(layer))
                .sum();
        InteractionMatrix histories = artifact.contents().histories();
        long history = histories.size() / histories.rows();
        long step = settings.feedback()
                .map(feedback -> between + feedback.items() * first + last * items())
                .orElse(between + last * first);
        long loop = (settings.steps() - 1) * step;
        Object embedding = artifact.manifest().settings().getOrDefault("embedding-size", 0);
        return denoisers().size() * (history * first + loop + between + last * items())
                + (long) ((Number) embedding).intValue() * items();
    }

    @Override
    public void close() {
        manager.close();
    }
}

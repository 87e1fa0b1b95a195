package io.diffmm.demo;

import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.engine.VectorMath;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.Optimisation.ProductType;
import io.diffmm.families.diffmm.DiffMmSettings;
import io.diffmm.families.diffmm.GraphParameters;
import io.diffmm.families.diffmm.PublishedArrays;
import io.diffmm.families.diffmm.RecommendationForm;
import io.diffmm.model.SettingsMapper;
import io.diffmm.safetensors.TensorWriter;
import io.diffmm.safetensors.TensorWriter.TensorSource;
import io.diffmm.safetensors.TensorWriter.TensorSource.Floats;
import io.diffmm.safetensors.TensorWriter.TensorSource.Ints;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/// Untrained DiffMM model with invented weights of any size, for load tests with a large catalogue.
///
/// The weights have the properties that determine the cost of serving and the accuracy of an index. Like those of a
/// trained model they consist of a few directions that items and histories share, and of noise. In a model trained on
/// TikTok, most of the output layer is noise, the queries are not, and an item's popularity contributes at least a
/// quarter of its similarity to the user. The recommendations are meaningless.
///
/// Memory: [SyntheticWorld], about 200 bytes per item, and one row of the largest array.
public final class SyntheticModel {

    private static final List<String> MODALITIES = List.of("visual", "acoustic", "textual");
    private static final int FEATURES = 8;
    private static final int EMBEDDING = 64;
    private static final int STEP_EMBEDDING = 10;

    /// Variance of the noise in the denoisers' weights, relative to that of the items.
    private static final double NOISE = 3;

    /// Relative growth of the length of an item's final embedding with its popularity.
    private static final double LENGTH = 0.15;

    /// Relative growth of its component along the common direction with its popularity.
    private static final double POPULARITY = 0.3;

    /// Length of the component that all embeddings have in common.
    private static final double COMMON = 0.7;

    /// Bias of an item of twice the mean popularity: about a quarter of the spread of one user's scores, the lowest
    /// ratio that was measured.
    private static final double BIAS = 1;

    private final SyntheticSettings settings;
    private final SyntheticWorld world;
    private final int[] degrees;
    private final double[][] embeddings; // [d, LATENT]
    private final double tasteVariance;

    /// Creates the histories and the directions of the embeddings; [#write(Path)] draws the weights.
    public SyntheticModel(SyntheticSettings settings) {
        this.settings = settings;
        this.world = new SyntheticWorld(settings);
        this.degrees = world.histories().columnCounts();
        this.embeddings = directions(EMBEDDING, new SplittableRandom(settings.seed() - 1));
        double variance = 0;
        for (int direction = 0; direction < SyntheticWorld.LATENT; direction++) {
            variance += SyntheticWorld.deviation(direction) * SyntheticWorld.deviation(direction);
        }
        this.tasteVariance = variance;
    }

    /// Histories, `[users, items]`.
    public InteractionMatrix histories() {
        return world.histories();
    }

    /// Hyper-parameters of the model, for its manifest.
    public Map<String, Object> settings() {
        DenoiserSettings diffusion = DenoiserSettings.of(Map.ofEntries(
                Map.entry("hidden", List.of(settings.hidden())),
                Map.entry("steps", 5),
                Map.entry("noise-scale", 0.1),
                Map.entry("noise-min", 1e-4),
                Map.entry("noise-max", 0.02),
                Map.entry("first-beta", 1e-4),
                Map.entry("step-embedding", STEP_EMBEDDING),
                Map.entry("dropout", 0.5),
                Map.entry("msi-weight", 0.1),
                Map.entry("learning-rate", 0.001),
                Map.entry("batch-size", 1024)));
        var contrast = new RecommendationForm.Contrast(RecommendationForm.ContrastMethod.MAIN_VIEW, 0.01, 0.5);
        var form = new RecommendationForm.Published(
                1, 0.5, 0.2, RecommendationForm.FeatureMapKind.LINEAR, 1, 0.5, contrast);
        var optimisation = new DiffMmSettings.GraphOptimisation(0.001, 1e-4, 1024, ProductType.FLOAT32, 1, 1, 1, 1);
        return SettingsMapper.write(new DiffMmSettings(EMBEDDING, form, diffusion, optimisation));
    }

    /// Writes the weights in the safetensors format.
    public void write(Path file) throws IOException {
        List<TensorSource> tensors = new ArrayList<>();
        addEmbeddings(tensors);
        addItemStates(tensors);
        for (int modality = 0; modality < settings.modalities(); modality++) {
            addModality(tensors, MODALITIES.get(modality), new SplittableRandom(settings.seed() + 1 + modality));
        }
        TensorWriter.write(file, tensors);
    }

    private void addEmbeddings(List<TensorSource> tensors) {
        float[] embedding = new float[EMBEDDING];
        tensors.add(matrix(GraphParameters.USERS, settings.users(), EMBEDDING, (user, row) -> {
            Arrays.fill(row, 0);
            int[] history = world.histories().row(user);
            for (int item : history) {
                embed(item, embedding);
                addScaled(row, embedding, 1f / history.length);
            }
        }));
        tensors.add(matrix(GraphParameters.ITEMS, settings.items(), EMBEDDING, this::embed));
        tensors.add(vector(GraphParameters.MODALITIES, settings.modalities(), row -> Arrays.fill(row, 0)));
    }

    private void addItemStates(List<TensorSource> tensors) {
        var random = new SplittableRandom(settings.seed() - 2);
        tensors.add(new Ints(PublishedArrays.DEGREE, settings.items(), item -> degrees[item] + 1));
        for (String name : List.of(PublishedArrays.layer(0), PublishedArrays.LAST)) {
            tensors.add(matrix(name, settings.items(), EMBEDDING, (item, row) -> {
                embed(item, row);
                VectorMath.scale(row, (float) (1 + LENGTH * world.popularity(item)));
                addCommon(row, POPULARITY * world.popularity(item));
                addNoise(row, 0.02, random);
            }));
        }
        tensors.add(matrix(PublishedArrays.AUDIENCE, settings.items(), EMBEDDING, (item, row) -> {
            embed(item, row);
            VectorMath.scale(row, degrees[item] == 0 ? 0 : 1);
        }));
    }

    /// Writes the embedding of an item into `row`: its projected point plus the common component.
    private void embed(int item, float[] row) {
        project(embeddings, world.taste(item), row);
        addCommon(row, 1);
    }

    private static void addCommon(float[] row, double times) {
        for (int at = 0; at < row.length; at++) {
            row[at] += (float) (times * COMMON / Math.sqrt(EMBEDDING));
        }
    }

    private void addModality(List<TensorSource> tensors, String modality, SplittableRandom random) {
        tensors.add(matrix("map.%s.weight".formatted(modality), FEATURES, EMBEDDING, (_, row) -> {
            Arrays.fill(row, 0);
            addNoise(row, 0.1, random);
        }));
        tensors.add(vector("map.%s.bias".formatted(modality), EMBEDDING, row -> Arrays.fill(row, 0)));
        tensors.add(matrix(PublishedArrays.mapped(modality), settings.items(), EMBEDDING, (item, row) -> {
            embed(item, row);
            VectorMath.scale(row, 1 / (float) Math.sqrt(VectorMath.squaredNorm(row)));
        }));
        tensors.add(
                new Ints(PublishedArrays.generatedDegree(modality), settings.items(), item -> degrees[item] / 2 + 1));
        addDenoiser(tensors, PublishedArrays.denoiser(modality), random);
    }

    /// Adds a denoiser whose first layer sums the points of a history's items and whose output layer multiplies with
    /// the point of each item. The output is scaled so that the loop in between, `K = V W`, neither vanishes nor
    /// explodes.
    private void addDenoiser(List<TensorSource> tensors, String prefix, SplittableRandom random) {
        int hidden = settings.hidden();
        double[][] directions = directions(hidden, random);
        double noise = Math.sqrt(NOISE * tasteVariance / hidden);
        double output = 1.0 / settings.items();
        tensors.add(matrix(prefix + "in.items", settings.items(), hidden, (item, row) -> {
            project(directions, world.taste(item), row);
            addNoise(row, noise, random);
        }));
        tensors.add(matrix(prefix + "in.steps", STEP_EMBEDDING, hidden, (_, row) -> {
            Arrays.fill(row, 0);
            addNoise(row, 0.02, random);
        }));
        tensors.add(vector(prefix + "in.bias", hidden, row -> Arrays.fill(row, 0.1f)));
        tensors.add(matrix(prefix + "step.weight", STEP_EMBEDDING, STEP_EMBEDDING, (_, row) -> {
            Arrays.fill(row, 0);
            addNoise(row, 0.3, random);
        }));
        tensors.add(vector(prefix + "step.bias", STEP_EMBEDDING, row -> Arrays.fill(row, 0)));
        tensors.add(matrix(prefix + "layer.0.weight", hidden, settings.items(), (h, row) -> {
            for (int item = 0; item < row.length; item++) {
                row[item] = (float) (output * (dot(directions[h], world.taste(item)) + noise * random.nextGaussian()));
            }
        }));
        tensors.add(vector(prefix + "layer.0.bias", settings.items(), row -> {
            for (int item = 0; item < row.length; item++) {
                row[item] = (float) (output * BIAS * (world.popularity(item) - 1));
            }
        }));
    }

    /// Draws a projection of points to `width` numbers, `[width, LATENT]`, which preserves lengths approximately.
    private static double[][] directions(int width, SplittableRandom random) {
        double[][] directions = new double[width][SyntheticWorld.LATENT];
        for (double[] row : directions) {
            Arrays.setAll(row, _ -> random.nextGaussian() / Math.sqrt(width));
        }
        return directions;
    }

    private static Floats matrix(String name, int rows, int columns, TensorSource.Rows source) {
        return new Floats(name, List.of(rows, columns), source);
    }

    private static Floats vector(String name, int size, Consumer<float[]> values) {
        return new Floats(name, List.of(size), (_, row) -> values.accept(row));
    }

    private static void project(double[][] directions, float[] taste, float[] row) {
        for (int at = 0; at < row.length; at++) {
            row[at] = (float) dot(directions[at], taste);
        }
    }

    private static double dot(double[] direction, float[] taste) {
        double sum = 0;
        for (int at = 0; at < direction.length; at++) {
            sum += direction[at] * taste[at];
        }
        return sum;
    }

    private static void addNoise(float[] row, double deviation, SplittableRandom random) {
        for (int at = 0; at < row.length; at++) {
            row[at] += (float) (deviation * random.nextGaussian());
        }
    }

    private static void addScaled(float[] total, float[] vector, float weight) {
        for (int at = 0; at < total.length; at++) {
            total[at] += weight * vector[at];
        }
    }
}

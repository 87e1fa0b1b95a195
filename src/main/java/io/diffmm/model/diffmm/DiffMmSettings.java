package io.diffmm.model.diffmm;

import io.diffmm.diffusion.NoiseSchedule;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Every hyper-parameter of DiffMM, for training and for serving what was trained.
///
/// @param embeddingSize d, numbers per user, item and mapped feature
/// @param layers L, propagation steps over the interaction graph
/// @param residual omega, the weight of the normalised first state in the last
/// @param modalityGraph the weight of propagation over the generated graphs
/// @param featureMap how raw features become d numbers
/// @param edgesPerUser edges that each user gets in a generated graph (`rebuild_k`)
/// @param edgeKeep the probability that an entry of a generated graph stays in an epoch
public record DiffMmSettings(
        int embeddingSize,
        int layers,
        double residual,
        double modalityGraph,
        FeatureMapKind featureMap,
        int edgesPerUser,
        double edgeKeep,
        Diffusion diffusion,
        Contrast contrast,
        Optimisation optimisation) {

    // Far beyond what anybody trains; they keep a forged manifest from asking for hours of work.
    private static final int MOST_STEPS = 10_000;
    private static final int MOST_WIDTH = 100_000;
    private static final int MOST_LAYERS = 100;

    /// With this the powers of cosines, `exp(cosine / tau)`, and their sums stay in the range of float32, with room.
    private static final double LEAST_TEMPERATURE = 0.03;

    public DiffMmSettings {
        within(1, MOST_WIDTH, embeddingSize, "embedding-size");
        within(0, MOST_LAYERS, layers, "layers");
        atLeast(0, residual, "residual");
        atLeast(0, modalityGraph, "modality-graph");
        atLeast(1, edgesPerUser, "edges-per-user");
        share(edgeKeep, "edge-keep");
    }

    /// The settings that `tree` describes. What an artifact is too old to mention is as it was then.
    ///
    /// @throws IllegalArgumentException naming the setting that is unknown, missing or wrong
    public static DiffMmSettings of(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        complete.computeIfPresent("optimisation", (_, part) -> withDefaults(part, Map.of("products", "float32")));
        complete.computeIfPresent(
                "diffusion",
                (_, part) ->
                        withDefaults(part, Map.of("objective", "reconstruction", "start", "random", "averaging", 0)));
        return SettingsMapper.read(complete, DiffMmSettings.class);
    }

    private static Object withDefaults(Object part, Map<String, Object> defaults) {
        if (!(part instanceof Map<?, ?> settings)) {
            return part;
        }
        Map<Object, Object> complete = new LinkedHashMap<>(defaults);
        complete.putAll(settings);
        return complete;
    }

    /// The denoisers, one for each modality.
    ///
    /// @param objective what they are trained to predict
    /// @param start what they are before
    /// @param hidden widths of the hidden layers
    /// @param steps T
    /// @param noiseScale s
    /// @param noiseMin the least noise, before it is scaled
    /// @param noiseMax the greatest
    /// @param firstBeta the first step's variance
    /// @param stepEmbedding width of the step's embedding, even
    /// @param dropout the share of a noised row that training hides; for reconstruction only
    /// @param msiWeight lambda0, the weight of the modality signal injected into the loss; for reconstruction only
    /// @param learningRate of Adam
    /// @param averaging how much of an average of the weights stays at a step; 0 for the weights as they are
    /// @param batchSize user rows a step
    public record Diffusion(
            Objective objective,
            Start start,
            List<Integer> hidden,
            int steps,
            double noiseScale,
            double noiseMin,
            double noiseMax,
            double firstBeta,
            int stepEmbedding,
            double dropout,
            double msiWeight,
            double learningRate,
            double averaging,
            int batchSize) {

        public Diffusion {
            hidden = List.copyOf(hidden);
            if (hidden.isEmpty()) {
                throw new IllegalArgumentException("diffusion.hidden is empty; give the width of at least one layer");
            }
            hidden.forEach(width -> within(1, MOST_WIDTH, width, "diffusion.hidden"));
            within(1, MOST_STEPS, steps, "diffusion.steps");
            within(2, MOST_WIDTH, stepEmbedding, "diffusion.step-embedding");
            atLeast(0, msiWeight, "diffusion.msi-weight");
            positive(learningRate, "diffusion.learning-rate");
            atLeast(1, batchSize, "diffusion.batch-size");
            belowOne(dropout, "diffusion.dropout");
            belowOne(averaging, "diffusion.averaging");
            NoiseSchedule.linear(steps, noiseScale, noiseMin, noiseMax, firstBeta);
            switch (objective) {
                case RECONSTRUCTION -> {
                    unused(start == Start.SPECTRAL, "diffusion.start", start, objective);
                    unused(averaging > 0, "diffusion.averaging", averaging, objective);
                }
                case HIDDEN_ITEMS -> {
                    unused(dropout > 0, "diffusion.dropout", dropout, objective);
                    unused(msiWeight > 0, "diffusion.msi-weight", msiWeight, objective);
                    singleLayer(start, hidden);
                }
            }
        }

        private static void singleLayer(Start start, List<Integer> hidden) {
            if (start == Start.SPECTRAL && hidden.size() > 1) {
                throw new IllegalArgumentException(
                        "diffusion.start is spectral, which needs a single hidden layer, and diffusion.hidden has %d; set diffusion.start to random"
                                .formatted(hidden.size()));
            }
        }

        private static void unused(boolean wrong, String name, Object value, Objective objective) {
            if (wrong) {
                throw new IllegalArgumentException("%s is %s, which the objective %s has no use for"
                        .formatted(name, lowerCase(value), lowerCase(objective)));
            }
        }

        private static String lowerCase(Object value) {
            return value.toString().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        /// The schedule that these settings describe.
        public NoiseSchedule schedule() {
            return NoiseSchedule.linear(steps, noiseScale, noiseMin, noiseMax, firstBeta);
        }
    }

    /// The contrastive term.
    ///
    /// @param method which views are held against each other
    /// @param weight its share of the loss (`ssl_reg`)
    /// @param temperature tau
    public record Contrast(ContrastMethod method, double weight, double temperature) {

        public Contrast {
            atLeast(0, weight, "contrast.weight");
            atLeast(LEAST_TEMPERATURE, temperature, "contrast.temperature");
        }
    }

    /// How the recommendation part is optimised, and for how long all is.
    ///
    /// @param learningRate of Adam
    /// @param regularisation the weight of the embeddings' squared norm
    /// @param batchSize interactions a step
    /// @param products in which type all parts multiply their large matrices
    /// @param epochs at most
    /// @param patience epochs without a better list before training stops
    public record Optimisation(
            double learningRate, double regularisation, int batchSize, Products products, int epochs, int patience) {

        public Optimisation {
            positive(learningRate, "optimisation.learning-rate");
            atLeast(0, regularisation, "optimisation.regularisation");
            atLeast(1, batchSize, "optimisation.batch-size");
            atLeast(1, epochs, "optimisation.epochs");
            atLeast(1, patience, "optimisation.patience");
        }
    }

    private static void atLeast(double least, double value, String name) {
        if (!(value >= least)) {
            throw new IllegalArgumentException("%s is %s; need at least %s".formatted(name, value, least));
        }
    }

    private static void within(int least, int most, int value, String name) {
        if (value < least || value > most) {
            throw new IllegalArgumentException("%s is %d; need %d to %d".formatted(name, value, least, most));
        }
    }

    private static void positive(double value, String name) {
        if (!(value > 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("%s is %s; need a positive number".formatted(name, value));
        }
    }

    private static void belowOne(double value, String name) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException("%s is %s; need 0 <= value < 1".formatted(name, value));
        }
    }

    private static void share(double value, String name) {
        if (!(value > 0 && value <= 1)) {
            throw new IllegalArgumentException("%s is %s; need 0 < value <= 1".formatted(name, value));
        }
    }
}

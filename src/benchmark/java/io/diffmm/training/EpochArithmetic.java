package io.diffmm.training;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.diffmm.DiffMmSettings;
import io.diffmm.families.diffmm.RecommendationForm;
import io.diffmm.families.diffmm.RecommendationForm.ContrastMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// Number of multiply-adds of an epoch of DiffMM after all algebraic simplifications.
///
/// @param batch number of rows of a diffusion step
/// @param width width of the hidden layer
/// @param diffusion per row and modality five products with an `[H, I]` matrix and two with `[d, I]`; three products
/// for the objective of hidden items
/// @param graphs reverse diffusion of every row in hidden space, and its output layer
/// @param contrast per pair of views three products with `[d, U]` for each user of a batch and with `[d, I]` for each
/// item
/// @param propagation one multiply-add per edge, dimension and propagation, forward and backward
record EpochArithmetic(
        int batch, int width, int items, double diffusion, double graphs, double contrast, double propagation) {

    static EpochArithmetic of(Dataset dataset, DiffMmSettings settings) {
        DenoiserSettings denoiser = settings.diffusion();
        double users = dataset.train().rows();
        double items = dataset.train().columns();
        double modalities = dataset.features().size();
        double size = settings.embeddingSize();
        double hidden = denoiser.hidden().getFirst();
        double between = between(denoiser.hidden());
        double inputs = items * hidden;
        double outputs = items * denoiser.hidden().getLast();
        if (!(settings.recommendation() instanceof RecommendationForm.Published form)) {
            throw new IllegalArgumentException("the arithmetic is that of the published form; use --config paper");
        }
        double pairs =
                form.contrast().method() == ContrastMethod.MAIN_VIEW ? modalities : modalities * (modalities - 1) / 2;
        double edges = 2.0 * dataset.train().size() + users + items;
        double generatedEdges = 2 * users * form.edgesPerUser() + users + items;
        double layers = form.layers();
        double steps = batches(dataset.train(), settings.optimisation().batchSize());
        double along = edges * (2 + layers + modalities * layers) + generatedEdges * 2 * modalities;
        return new EpochArithmetic(
                denoiser.batchSize(),
                denoiser.hidden().getFirst(),
                dataset.train().columns(),
                modalities * users * (inputProducts(denoiser, inputs, items * size) + 3 * outputs + 3 * between),
                modalities * (users * ((denoiser.steps() - 1) * hidden * hidden + outputs) + inputs * hidden),
                pairs
                        * 3
                        * size
                        * anchored(dataset.train(), settings.optimisation().batchSize()),
                2 * steps * along * size);
    }

    private static double batches(InteractionMatrix train, int batch) {
        return Math.ceil((double) train.size() / batch);
    }

    /// Returns the number of comparisons of an epoch's distinct anchors with users and items.
    private static double anchored(InteractionMatrix train, int batch) {
        int[] users = IntStream.range(0, train.rows()).map(train::rowLength).toArray();
        double perBatch = train.rows() * distinct(users, train.size(), batch)
                + train.columns() * distinct(train.columnCounts(), train.size(), batch);
        return batches(train, batch) * perBatch;
    }

    /// Returns the expected number of distinct rows in a batch of interactions.
    ///
    /// @param counts number of interactions of each row
    private static double distinct(int[] counts, double interactions, int batch) {
        return Arrays.stream(counts)
                .mapToDouble(count -> 1 - Math.pow(1 - count / interactions, batch))
                .sum();
    }

    private static double inputProducts(DenoiserSettings denoiser, double inputs, double signal) {
        return switch (denoiser.objective()) {
            case RECONSTRUCTION -> 2 * inputs + 2 * signal;
            case HIDDEN_ITEMS, LATER_ITEMS -> 0; // sparse
        };
    }

    private static double between(List<Integer> hidden) {
        double total = 0;
        for (int layer = 1; layer < hidden.size(); layer++) {
            total += (double) hidden.get(layer - 1) * hidden.get(layer);
        }
        return total;
    }

    double total() {
        return diffusion + graphs + contrast + propagation;
    }

    String describe() {
        return String.format(
                Locale.ROOT,
                "billions of multiply-adds: diffusion %.0f, graphs %.0f, contrast %.0f, propagation %.1f",
                diffusion / 1e9,
                graphs / 1e9,
                contrast / 1e9,
                propagation / 1e9);
    }
}

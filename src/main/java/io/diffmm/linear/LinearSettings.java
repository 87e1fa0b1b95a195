package io.diffmm.linear;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.FeatureMatrix;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// Settings of the item-item models that a training run fits as candidates for the view `linear`.
///
/// @param links maximum number of links per item; a link takes 8 bytes
/// @param walkContinuation r, weight of a step of a walk relative to the step before
/// @param walkSteps number of steps of a walk, each from an item to a user and on to another item
/// @param neighbours number of most similar items to which a walk over features can go
/// @param featureShare probability that such a walk goes to a similar item instead of a user; 0 omits these walks
/// @param ridgeLambda weight of the regularisation of the ridge regression
/// @param closedFormItems maximum number of items with users for which the ridge regression is fitted:
///     its time grows with their cube, its memory with their square (10,000 items need 1.2 GB for some
///     seconds)
public record LinearSettings(
        int links,
        double walkContinuation,
        int walkSteps,
        int neighbours,
        double featureShare,
        double ridgeLambda,
        int closedFormItems) {

    private static final int MAX_LINKS = 10_000;
    private static final int MAX_STEPS = 1_000;
    private static final int MAX_NEIGHBOURS = 1_000;

    /// A matrix of 50,000 x 50,000 numbers takes 20 GB.
    private static final int MAX_CLOSED_FORM_ITEMS = 50_000;

    public LinearSettings {
        requireBetween(1, MAX_LINKS, links, "links");
        if (!(walkContinuation > 0 && walkContinuation <= 1)) {
            throw new IllegalArgumentException(
                    "walk-continuation is %s; need 0 < value <= 1".formatted(walkContinuation));
        }
        requireBetween(1, MAX_STEPS, walkSteps, "walk-steps");
        requireBetween(1, MAX_NEIGHBOURS, neighbours, "neighbours");
        if (!(featureShare >= 0 && featureShare < 1)) {
            throw new IllegalArgumentException("feature-share is %s; need 0 <= value < 1".formatted(featureShare));
        }
        if (!(ridgeLambda > 0) || Double.isInfinite(ridgeLambda)) {
            throw new IllegalArgumentException("ridge-lambda is %s; need a positive number".formatted(ridgeLambda));
        }
        requireBetween(0, MAX_CLOSED_FORM_ITEMS, closedFormItems, "closed-form-items");
    }

    /// Returns the default settings.
    public static LinearSettings defaults() {
        return new LinearSettings(200, 0.85, 10, 10, 0.05, 20, 10_000);
    }

    private static void requireBetween(int min, int max, int value, String name) {
        if (value < min || value > max) {
            throw new IllegalArgumentException("%s is %d; need %d to %d".formatted(name, value, min, max));
        }
    }

    /// Item-item model that is not fitted yet.
    ///
    /// @param name `walk`, `walk+<modality>` or `ridge`
    /// @param fit fits the model; each call fits again
    public record LinearCandidate(String name, Supplier<ItemItemModel> fit) {}

    /// Candidate item-item models of a dataset: a random walk over interactions, one more per modality that
    /// includes its features, and ridge regression if the catalogue is small enough.
    ///
    /// Nothing is computed before a candidate is fitted. Memory: a fit frees all native arrays it creates.
    public static final class LinearCandidates {

        private final Dataset dataset;
        private final LinearSettings settings;
        private final int threads;
        private final NDManager manager;

        /// Creates the candidates of a dataset.
        ///
        /// @param threads number of threads of a walk; the result does not depend on it
        /// @param manager parent of the native arrays of a fit; must be open during the fit
        public LinearCandidates(Dataset dataset, LinearSettings settings, int threads, NDManager manager) {
            this.dataset = dataset;
            this.settings = settings;
            this.threads = threads;
            this.manager = manager;
        }

        /// Returns all candidates, the walk over interactions first.
        public List<LinearCandidate> all() {
            List<LinearCandidate> candidates = new ArrayList<>();
            candidates.add(new LinearCandidate("walk", () -> new RandomWalk(dataset.train(), settings).links(threads)));
            if (settings.featureShare() > 0) {
                dataset.features().stream().map(this::walk).forEach(candidates::add);
            }
            if (RidgeRegression.size(dataset.train()) <= settings.closedFormItems()) {
                candidates.add(
                        new LinearCandidate("ridge", () -> RidgeRegression.links(dataset.train(), settings, manager)));
            }
            return List.copyOf(candidates);
        }

        private LinearCandidate walk(FeatureMatrix features) {
            return new LinearCandidate("walk+" + features.modality(), () -> {
                ItemItemModel neighbours = RandomWalk.FeatureNeighbours.find(features, settings.neighbours(), manager);
                return new RandomWalk(dataset.train(), neighbours, settings).links(threads);
            });
        }
    }
}

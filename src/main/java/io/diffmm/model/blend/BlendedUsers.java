package io.diffmm.model.blend;

import io.diffmm.engine.VectorMath;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.model.Cores;
import io.diffmm.model.Recency;
import io.diffmm.model.RoundingBound;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearch.UniformSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import io.diffmm.retrieval.JoinedVectors;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Computation of users for a blend: one joined vector for all views that are products, and the sparse scores of the
/// linear view.
final class BlendedUsers {

    private static final int BATCH = 32;

    private final ScoringModel views;
    private final Optional<LinearPart> linear;
    private final List<Scorer> products = new ArrayList<>();
    private final SequencedMap<String, Recency> recencies = new LinkedHashMap<>();
    private final double[] weights;
    private final JoinedVectors joined;
    private final double[] longest; // of the views whose vectors are rounded, else zero

    private record LinearPart(ItemItemModel links, Blend.Part part) {

        SparseScores scores(UserHistory history) {
            int[] items = history.items();
            double[] weights = part.recency().weights(items.length);
            Arrays.setAll(weights, at -> part.weight() * weights[at]);
            return links.scores(items, weights);
        }
    }

    BlendedUsers(ScoringModel views, Optional<ItemItemModel> links, Blend blend) {
        this.views = views;
        requireKnown(views, links, blend);
        this.linear = links.flatMap(known -> Optional.ofNullable(blend.views().get(BlendedRecommender.LINEAR))
                .map(part -> new LinearPart(known, part)));
        List<Blend.Part> parts = new ArrayList<>();
        for (Scorer view : views.all()) {
            Optional.ofNullable(blend.views().get(view.name())).ifPresent(part -> {
                products.add(view);
                parts.add(part);
                recencies.put(view.name(), part.recency());
            });
        }
        this.weights = parts.stream().mapToDouble(Blend.Part::weight).toArray();
        List<ItemVectors> items =
                products.stream().map(view -> view.items().get()).toList();
        this.joined = new JoinedVectors(items);
        this.longest = products.stream()
                .mapToDouble(view -> view.rounded() ? view.items().get().longest() : 0)
                .toArray();
    }

    private static void requireKnown(ScoringModel views, Optional<ItemItemModel> links, Blend blend) {
        List<String> known = views.all().stream().map(Scorer::name).collect(Collectors.toList());
        links.ifPresent(_ -> known.add(BlendedRecommender.LINEAR));
        for (String name : blend.views().keySet()) {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(
                        "the blend names the view '%s', which the model does not have; its views are %s"
                                .formatted(name, String.join(", ", known)));
            }
        }
    }

    /// Returns whether no view is a product.
    boolean isLinearOnly() {
        return products.isEmpty();
    }

    /// Opens the search over the joined vectors.
    ItemSearch search(ItemSearches searches, String name) {
        return isLinearOnly()
                ? new UniformSearch(views.itemCount())
                : searches.open(name, views.itemCount(), joined::items);
    }

    /// Computes users from their histories.
    List<BlendedUser> users(List<UserHistory> histories, StageTimes times, Cores cores) {
        List<SparseScores> linked = times.measure(Stage.LINKS, () -> linked(histories));
        List<List<UserVector>> vectors = views.vectors(histories, recencies, times, cores);
        List<BlendedUser> users = new ArrayList<>(histories.size());
        for (int row = 0; row < histories.size(); row++) {
            List<UserVector> own = vectors.get(row);
            List<double[]> queries = own.stream().map(UserVector::vector).toList();
            users.add(new BlendedUser(
                    own,
                    linked.get(row),
                    joined.query(queries, weights),
                    added(linked.get(row), own),
                    roundingBound(queries)));
        }
        return users;
    }

    private List<SparseScores> linked(List<UserHistory> histories) {
        return linear.map(part -> histories.stream().map(part::scores).toList())
                .orElseGet(() -> Collections.nCopies(histories.size(), SparseScores.NONE));
    }

    /// Sums the scores added to the products: those of the linear view, and the weighted ones of the other views.
    private SparseScores added(SparseScores linked, List<UserVector> own) {
        SparseScores sum = linked;
        for (int view = 0; view < own.size(); view++) {
            sum = sum.plus(own.get(view).added(), weights[view]);
        }
        return sum;
    }

    private double roundingBound(List<double[]> vectors) {
        double bound = 0;
        for (int view = 0; view < longest.length; view++) {
            if (longest[view] > 0) {
                bound += weights[view] * RoundingBound.of(VectorMath.norm(vectors.get(view)), longest[view]);
            }
        }
        return bound;
    }

    /// Returns the weighted contribution of each view to the score of an item, by the view's name.
    SequencedMap<String, Double> parts(BlendedUser user, int item) {
        SequencedMap<String, Double> parts = new LinkedHashMap<>();
        for (int view = 0; view < weights.length; view++) {
            UserVector own = user.views().get(view);
            ItemVectors items = products.get(view).items().get();
            double score = items.product(own.vector(), item) + own.added().of(item);
            parts.put(products.get(view).name(), weights[view] * score);
        }
        linear.ifPresent(_ -> parts.put(BlendedRecommender.LINEAR, user.linked().of(item)));
        return parts;
    }

    /// Computes the joined vectors of many users.
    List<double[]> vectors(List<UserHistory> histories) {
        List<double[]> vectors = new ArrayList<>(histories.size());
        for (int from = 0; from < histories.size(); from += BATCH) {
            List<UserHistory> batch = histories.subList(from, Math.min(from + BATCH, histories.size()));
            users(batch, new StageTimes(), Cores.one()).forEach(user -> vectors.add(user.vector()));
        }
        return vectors;
    }

    /// One user. Immutable, as no caller writes to its vectors.
    static final class BlendedUser {

        private final List<UserVector> views;
        private final SparseScores linked;
        private final double[] vector;
        private final SparseScores added;
        private final double roundingBound;

        BlendedUser(
                List<UserVector> views,
                SparseScores linked,
                double[] vector,
                SparseScores added,
                double roundingBound) {
            this.views = views;
            this.linked = linked;
            this.vector = vector;
            this.added = added;
            this.roundingBound = roundingBound;
        }

        /// User in each view that is a product, unweighted.
        List<UserVector> views() {
            return views;
        }

        /// Weighted scores of the linear view.
        SparseScores linked() {
            return linked;
        }

        /// Joined, weighted vectors of the views that are products; read-only.
        double[] vector() {
            return vector;
        }

        /// Weighted scores added to the products of some items.
        SparseScores added() {
            return added;
        }

        /// Bound on the rounding error of a score; zero if scores are not rounded.
        double roundingBound() {
            return roundingBound;
        }

        /// Computes the score of an item, in float64.
        ///
        /// @param joined joined item vectors of the views that are products
        double score(ItemVectors joined, int item) {
            return joined.product(vector, item) + added.of(item);
        }
    }
}

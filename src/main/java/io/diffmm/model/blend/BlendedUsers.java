package io.diffmm.model.blend;

import ai.djl.ndarray.NDManager;
import io.diffmm.engine.EngineArrays;
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
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.stream.Collectors;

/// Computation of users for a blend: one joined vector for all views that are products, and the sparse scores of the
/// linear view.
///
/// Joined vectors are concatenations, so that one search maximises a weighted sum of inner products. A bias becomes an
/// additional component, which the user's vector multiplies by the weight. With a bias in the first part only,
/// `[w_1 q_1 ; w_1 ; w_2 q_2]` times `[x_1 ; b_1 ; x_2]` is `w_1 (q_1 x_1 + b_1) + w_2 q_2 x_2`.
final class BlendedUsers {

    private static final int BATCH = 32;

    private final ScoringModel views;
    private final Optional<ItemItemModel> linear;
    private final Optional<Blend.Part> linearPart;
    private final List<Scorer> products = new ArrayList<>();
    private final SequencedMap<String, Recency> recencies = new LinkedHashMap<>();
    private final double[] weights;
    private final List<ItemVectors> items; // of the views that are products
    private final int width; // of the joined vectors
    private final double[] longest; // of the views whose vectors are rounded, else zero

    BlendedUsers(ScoringModel views, Optional<ItemItemModel> links, Blend blend) {
        this.views = views;
        requireKnown(views, links, blend);
        requireLogarithms(links, blend);
        this.linearPart = Optional.ofNullable(blend.views().get(BlendedRecommender.LINEAR));
        this.linear = links.filter(_ -> linearPart.isPresent());
        List<Blend.Part> parts = new ArrayList<>();
        for (Scorer view : views.all()) {
            Optional.ofNullable(blend.views().get(view.name())).ifPresent(part -> {
                products.add(view);
                parts.add(part);
                recencies.put(view.name(), part.recency());
            });
        }
        this.weights = parts.stream().mapToDouble(Blend.Part::weight).toArray();
        this.items = products.stream().map(view -> view.items().get()).toList();
        this.width = items.stream().mapToInt(BlendedUsers::width).sum();
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

    /// Requires that every score in log form is sparse and has a logarithm.
    private static void requireLogarithms(Optional<ItemItemModel> links, Blend blend) {
        for (Map.Entry<String, Blend.Part> part : blend.views().entrySet()) {
            if (part.getValue().logOffset().isEmpty()) {
                continue;
            }
            if (!part.getKey().equals(BlendedRecommender.LINEAR)) {
                throw new IllegalArgumentException(
                        "the blend gives the view '%s' a log-offset, which only the view '%s' may have; remove it"
                                .formatted(part.getKey(), BlendedRecommender.LINEAR));
            }
            if (links.orElseThrow().hasNegativeLinks()) {
                throw new IllegalArgumentException(
                        "the blend gives the view '%s' a log-offset, but some of its links are negative, and a negative score has no logarithm; remove log-offset, or use links of a walk"
                                .formatted(part.getKey()));
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
                : searches.open(name, views.itemCount(), this::joined);
    }

    private static int width(ItemVectors part) {
        return part.width() + (part.isBiased() ? 1 : 0);
    }

    /// Returns the joined vectors of the items: a copy, unless there is only one part and it has no biases.
    ///
    /// @param owner owner of the copy
    private ItemVectors joined(NDManager owner) {
        if (items.size() == 1 && !items.getFirst().isBiased()) {
            return items.getFirst();
        }
        int count = items.getFirst().size();
        MemorySegment vectors = EngineArrays.memory(owner, (long) count * width * Float.BYTES);
        long at = 0;
        for (int item = 0; item < count; item++) {
            for (ItemVectors part : items) {
                part.copy(item, vectors, at);
                if (part.isBiased()) {
                    vectors.set(ItemVectors.FLOAT, at + (long) part.width() * Float.BYTES, part.bias(item));
                }
                at += (long) width(part) * Float.BYTES;
            }
        }
        return new ItemVectors(vectors, EngineArrays.memory(owner, (long) count * Float.BYTES), width);
    }

    /// Returns the joined vector of a user, whose products are the weighted sums of the parts' products.
    ///
    /// @param queries vector of the user for each part
    private double[] joined(List<double[]> queries) {
        double[] joined = new double[width];
        int at = 0;
        for (int part = 0; part < items.size(); part++) {
            double[] query = queries.get(part);
            for (int f = 0; f < query.length; f++) {
                joined[at + f] = weights[part] * query[f];
            }
            if (items.get(part).isBiased()) {
                joined[at + query.length] = weights[part];
            }
            at += width(items.get(part));
        }
        return joined;
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
                    own, linked.get(row), joined(queries), added(linked.get(row), own), roundingBound(queries)));
        }
        return users;
    }

    /// Computes the weighted scores of the linear view. The scores are summed before their logarithm is taken.
    private List<SparseScores> linked(List<UserHistory> histories) {
        if (linear.isEmpty() || linearPart.isEmpty()) {
            return Collections.nCopies(histories.size(), SparseScores.NONE);
        }
        Blend.Part part = linearPart.get();
        return histories.stream()
                .map(UserHistory::items)
                .map(items -> linear.get().scores(items, part.recency().weights(items.length)))
                .map(scores -> scores.map(part::contribution))
                .toList();
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

    /// Returns the weighted contribution of each view to the score of an item, by the view's name. The contributions of
    /// several models of one family are summed.
    SequencedMap<String, Double> parts(BlendedUser user, int item) {
        SequencedMap<String, Double> parts = new LinkedHashMap<>();
        for (int view = 0; view < weights.length; view++) {
            UserVector own = user.views().get(view);
            double score =
                    items.get(view).product(own.vector(), item) + own.added().of(item);
            parts.merge(Scorer.base(products.get(view).name()), weights[view] * score, Double::sum);
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

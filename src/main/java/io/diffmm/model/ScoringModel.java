package io.diffmm.model;

import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.ItemVectors;
import java.io.IOException;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Trained model of any family as a set of views: scoring functions over all items, computed from the user's history
/// alone.
///
/// Thread-safe. Owns native arrays until it is closed.
public interface ScoringModel extends AutoCloseable {

    /// Scoring function over all items for a user: the product of the user's vector and the item's, plus the item's
    /// bias, plus the user's [UserVector#added] scores.
    ///
    /// @param name for example `embeddings`; views of one kind share the part before the dot: `denoised.visual`. In
    ///     an ensemble the name of a view of the n-th model of a family ends in its number, from 2: `embeddings#2`
    /// @param items vectors and biases of the items, `[I, F]`; computed on first use of the view
    /// @param rounded whether rounding lets a user's vector depend on the other users of a batch
    record Scorer(String name, Supplier<ItemVectors> items, boolean rounded) {

        private static final Pattern NUMBER = Pattern.compile("#\\d+$");

        /// Returns the name of a view without the number of its model.
        public static String base(String name) {
            return NUMBER.matcher(name).replaceFirst("");
        }

        /// Returns the kind of a view: the part of its name before the dot, without the number of its model.
        public static String kind(String name) {
            int dot = name.indexOf('.');
            return dot < 0 ? base(name) : name.substring(0, dot);
        }

        /// Returns this view as that of the n-th model of a family.
        ///
        /// @param number n; the name stays the same for 1
        public Scorer numbered(int number) {
            return number == 1 ? this : new Scorer(name + '#' + number, items, rounded);
        }
    }

    /// User in one view. Immutable, as no caller writes to its vector.
    final class UserVector {

        private final double[] vector;
        private final SparseScores added;

        /// @param vector `[F]`; not copied
        /// @param added scores added to those of some items
        public UserVector(double[] vector, SparseScores added) {
            this.vector = vector;
            this.added = added;
        }

        /// Returns a user without added scores.
        public static UserVector of(double[] vector) {
            return new UserVector(vector, SparseScores.NONE);
        }

        /// Vector `[F]`; read-only.
        public double[] vector() {
            return vector;
        }

        /// Scores added to the products with some items.
        public SparseScores added() {
            return added;
        }
    }

    /// I, the number of items scored.
    int itemCount();

    /// Views of the model; without a blend, the first one ranks alone.
    List<Scorer> all();

    /// Computes users in some of the views.
    ///
    /// @param recencies recency weights of each view to compute, by the view's name
    /// @param times receives the duration of each stage
    /// @param cores executor of independent parts
    /// @return B lists, each with the user in each of these views, in the order of `recencies`
    List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> recencies, StageTimes times, Cores cores);

    /// Finds the items most similar to given ones, by the cosine of their vectors.
    ///
    /// @return one ranking per query
    List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times);

    /// Searches that [#vectors] performs.
    List<ItemSearch> searches();

    /// Builds the index of each of those searches.
    ///
    /// @param files files of the indexes
    /// @param sample histories of some users, as examples of later queries
    /// @throws IOException if a file cannot be written
    void index(IndexFiles files, List<UserHistory> sample) throws IOException;

    /// Frees the native arrays.
    @Override
    void close();
}

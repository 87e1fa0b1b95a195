package io.diffmm.recommendation;

import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Explanation.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Recommendations for one user or session, best item first.
///
/// @param id digest of the answer; equal for equal answers on every replica
/// @param model name of the model that computed the answer
/// @param version version of that model
/// @param kind method by which the items were found: from the history, or by popularity if there is none
/// @param history history that the ranking is computed from
/// @param items recommended items; fewer than requested if no more exist
public record Recommendations(
        String id, String model, String version, AnswerKind kind, HistorySummary history, List<RecommendedItem> items) {

    public Recommendations {
        items = List.copyOf(items);
    }

    /// Returns the name of the method by which the items were found, in lower case.
    public String strategy() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    /// Method by which the items of an answer were found.
    public enum AnswerKind {
        /// Ranked by the model from a history.
        PERSONALIZED,
        /// Items with the most users, for an empty history.
        POPULAR,
        /// Items similar to one item.
        SIMILAR
    }

    /// Summary of a history. Its text is part of the ids of answers; its name and components must not change.
    ///
    /// @param items number of items that the ranking takes into account
    /// @param unknownItems number of items that the model does not contain; they are ignored
    /// @param live whether interactions since the training are included; false while their store is unavailable
    public record HistorySummary(int items, int unknownItems, boolean live) {}

    /// Item of an answer.
    ///
    /// @param rank place in the whole ranking, from 1
    /// @param score higher is better; not a probability, and not comparable across models or kinds of answers
    /// @param explanation empty if it was not requested
    public record RecommendedItem(
            int rank, String itemId, float score, Optional<String> title, Optional<ItemExplanation> explanation) {

        /// Creates an item without an explanation.
        public RecommendedItem(int rank, String itemId, float score, Optional<String> title) {
            this(rank, itemId, score, title, Optional.empty());
        }

        RecommendedItem explained(ItemExplanation why) {
            return new RecommendedItem(rank, itemId, score, title, Optional.of(why));
        }
    }

    /// Explanation of an item: score contributions and the most influential items of the history.
    ///
    /// @param shares contribution of each view of the user; they sum to the score
    /// @param because at most three items of the history, the most influential first
    public record ItemExplanation(List<Share> shares, List<Because> because) {

        public ItemExplanation {
            shares = List.copyOf(shares);
            because = List.copyOf(because);
        }

        /// Contribution of a view to a score.
        ///
        /// @param view kind of the view, for example `denoised`
        /// @param modality modality of the items' features; empty if the view does not belong to a single one
        public record Share(String view, Optional<String> modality, double score) {

            static Share of(String name, double score) {
                int dot = name.indexOf('.');
                return dot < 0
                        ? new Share(name, Optional.empty(), score)
                        : new Share(name.substring(0, dot), Optional.of(name.substring(dot + 1)), score);
            }
        }

        /// Influential item of the history.
        ///
        /// @param change decrease of the score when the item is left out of the history
        public record Because(String itemId, Optional<String> title, double change) {

            static Because of(Reason reason, ItemCatalogue items) {
                Item item = items.item(reason.item());
                return new Because(item.id(), item.title(), reason.change());
            }
        }

        static ItemExplanation of(Explanation explanation, ItemCatalogue items) {
            return new ItemExplanation(
                    explanation.parts().entrySet().stream()
                            .map(part -> Share.of(part.getKey(), part.getValue()))
                            .toList(),
                    explanation.reasons().stream()
                            .map(reason -> Because.of(reason, items))
                            .toList());
        }
    }

    /// Items similar to one item, the most similar first.
    ///
    /// @param id digest of the answer; equal for equal answers on every replica
    /// @param model name of the model that computed the answer
    /// @param version version of that model
    /// @param itemId item of the query, which is not among the results
    public record SimilarItems(String id, String model, String version, String itemId, List<RecommendedItem> items) {

        public SimilarItems {
            items = List.copyOf(items);
        }
    }
}

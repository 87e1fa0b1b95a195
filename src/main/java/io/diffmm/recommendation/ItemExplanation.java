package io.diffmm.recommendation;

import io.diffmm.datasets.Item;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.ranking.Explanation.Reason;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Reason;

import java.util.List;
import java.util.Optional;

/// Why an item is in an answer.
///
/// @param shares what each view of the user adds to the score; they sum to it
/// @param because the items of the history that the score rests on most, at most three
public record ItemExplanation(List<Share> shares, List<Because> because) {

    public ItemExplanation {
        shares = List.copyOf(shares);
        because = List.copyOf(because);
    }

    /// What a view adds to a score.
    ///
    /// @param view its kind, say `denoised`
    /// @param modality of the items' features that it is of, if of one alone
    public record Share(String view, Optional<String> modality, double score) {

        static Share of(String name, double score) {
            int dot = name.indexOf('.');
            return dot < 0
                    ? new Share(name, Optional.empty(), score)
                    : new Share(name.substring(0, dot), Optional.of(name.substring(dot + 1)), score);
        }
    }

    /// An item of the history.
    ///
    /// @param change how much lower the score is without it
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

package io.diffmm.training;

import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.blend.Blend;
import io.diffmm.training.search.BlendSearch;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Views that rank in a blend, in words.
///
/// @param family family in training
/// @param names names of the views with a weight, without their seeds
/// @param own whether any of them belongs to the family
record ServedViews(String family, List<String> names, boolean own) {

    ServedViews {
        names = List.copyOf(names);
    }

    /// Describes a blend.
    ///
    /// @param views views of the family
    static ServedViews of(Blend blend, String family, List<String> views) {
        List<String> names =
                blend.views().keySet().stream().map(Scorer::base).distinct().toList();
        return new ServedViews(family, names, names.stream().anyMatch(views::contains));
    }

    /// Returns the title of a report, for example `diffmm: embeddings + linear`.
    String title() {
        String joined = names.size() == 1 ? names.getFirst() + " alone" : String.join(" + ", names);
        return own ? "%s: %s".formatted(family, joined) : "%s; %s has no weight".formatted(joined, family);
    }

    /// Returns the remark that the model's own family has no weight; empty if it has one.
    Optional<String> note() {
        return own
                ? Optional.empty()
                : Optional.of("%s has no weight in the blend: its lists come from %s alone."
                        .formatted(family, String.join(" + ", names)));
    }

    /// Formats a blend with its choice as a line of output.
    static String line(BlendSearch.Result result) {
        String regret = result.selection()
                .regret()
                .map(found -> String.format(Locale.ROOT, "; regret on fresh users: ndcg@20 %.4f", found.mean()))
                .orElse("");
        return "blend: " + result.blend().describe() + regret;
    }
}

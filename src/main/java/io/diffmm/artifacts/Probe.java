package io.diffmm.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.Optional;

/// A question that the training job asked of its model, and the answer that it got. Who loads the model asks it
/// again: a model that is whole and means the same users and items gives the same answer.
///
/// @param user the id of a trained user; empty for somebody whom the model was not trained on
/// @param history ids of items, oldest first; they are not among the answer's
/// @param items ids, best first
/// @param scores of those
public record Probe(
        @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> user,
        List<String> history,
        List<String> items,
        List<Float> scores) {

    /// Copies the lists.
    ///
    /// @throws IllegalArgumentException if it is no question with an answer
    public Probe {
        history = List.copyOf(history);
        items = List.copyOf(items);
        scores = List.copyOf(scores);
        if (history.isEmpty() || items.size() != scores.size()) {
            throw new IllegalArgumentException("a probe has %d items in its history, %d in its answer and %d scores"
                    .formatted(history.size(), items.size(), scores.size()));
        }
    }
}

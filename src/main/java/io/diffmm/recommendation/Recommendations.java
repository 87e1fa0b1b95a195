package io.diffmm.recommendation;

import java.util.List;

/// The answer to one request, best item first.
public sealed interface Recommendations {

    /// The same for the same answer on every replica.
    String id();

    /// The model that was loaded.
    ModelIdentity model();

    /// What was found, best first; may be shorter than what was asked for.
    List<RecommendedItem> items();

    /// How it was found.
    default AnswerKind kind() {
        return switch (this) {
            case Personalized _ -> AnswerKind.PERSONALIZED;
            case Popular _ -> AnswerKind.POPULAR;
        };
    }

    /// Ranked by the model from the history of the user or session.
    record Personalized(String id, ModelIdentity model, List<RecommendedItem> items) implements Recommendations {
        public Personalized {
            items = List.copyOf(items);
        }
    }

    /// The items that most users have, for somebody without a history.
    record Popular(String id, ModelIdentity model, List<RecommendedItem> items) implements Recommendations {
        public Popular {
            items = List.copyOf(items);
        }
    }
}

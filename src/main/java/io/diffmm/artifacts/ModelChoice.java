package io.diffmm.artifacts;

import java.util.List;
import java.util.Optional;

/// Chooses among the models at a place.
final class ModelChoice {

    private ModelChoice() {}

    /// The one of that name, or the only one.
    ///
    /// @param place as it is told to a person
    /// @throws InvalidArtifactException if there is none, or it is not clear which is meant
    static String of(String place, List<String> names, Optional<String> name) {
        if (names.isEmpty()) {
            throw new InvalidArtifactException(
                    place, "no published model in it; train one into it or point at another place");
        }
        if (name.isEmpty() && names.size() > 1) {
            throw new InvalidArtifactException(
                    place, "holds the models %s; name the one to use".formatted(String.join(", ", names)));
        }
        String chosen = name.orElse(names.getFirst());
        if (!names.contains(chosen)) {
            throw new InvalidArtifactException(
                    place, "holds no model '%s', only %s".formatted(chosen, String.join(", ", names)));
        }
        return chosen;
    }
}

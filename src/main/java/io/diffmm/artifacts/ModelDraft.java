package io.diffmm.artifacts;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A trained model that is to be published.
///
/// @param members the models whose views it blends, the one that was trained first; no family twice
/// @param blend how the views become one score; empty if the first member's own choice ranks alone
/// @param links writes the linear view, if there is one
public record ModelDraft(List<MemberDraft> members, Map<String, Object> blend, Optional<ArtifactFileWriter> links) {

    public ModelDraft {
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("there is no model to publish");
        }
        long families = members.stream().map(MemberDraft::family).distinct().count();
        if (families < members.size()) {
            throw new IllegalArgumentException("a family is among the models twice: %s"
                    .formatted(members.stream().map(MemberDraft::family).toList()));
        }
    }

    /// One model alone.
    public static ModelDraft of(
            String family,
            Map<String, Object> settings,
            Map<String, Object> blend,
            ArtifactFileWriter weights,
            Optional<ArtifactFileWriter> links) {
        return new ModelDraft(List.of(new MemberDraft(family, settings, weights)), blend, links);
    }

    /// The one that was trained.
    MemberDraft first() {
        return members.getFirst();
    }

    /// Those beside it.
    List<MemberDraft> others() {
        return members.subList(1, members.size());
    }
}

package io.diffmm.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.artifacts.Manifest.MemberEntry;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Published version of a model, read and verified.
public record Artifact(Path directory, Manifest manifest, ArtifactContents contents) {

    /// Returns the safetensors file of the weights, whose digest was verified.
    public Path weights() {
        return directory.resolve(ArtifactNames.WEIGHTS);
    }

    /// Returns the models whose views the version blends, that of the manifest's family first.
    public List<Member> members() {
        List<String> weights = manifest.weights();
        List<Member> members = new ArrayList<>();
        members.add(new Member(manifest.family(), manifest.settings(), weights(), manifest.seed()));
        for (MemberEntry member : manifest.members()) {
            Path own = directory.resolve(weights.get(members.size()));
            members.add(new Member(member.family(), member.settings(), own, member.seed()));
        }
        return List.copyOf(members);
    }

    /// Returns the safetensors file of the linear view, if the version has one; its digest was verified.
    public Optional<Path> links() {
        return Optional.of(directory.resolve(ArtifactNames.LINKS))
                .filter(_ -> manifest.files().containsKey(ArtifactNames.LINKS));
    }

    /// Model of a published version.
    ///
    /// @param family model family
    /// @param settings all hyper-parameters
    /// @param weights safetensors file, whose digest was verified
    /// @param seed seed of the training; empty in older artifacts
    public record Member(String family, Map<String, Object> settings, Path weights, Optional<Long> seed) {}

    /// Users, items, training histories and probes of a model.
    ///
    /// @param histories items of each user, oldest first: users x items
    /// @param times times of those interactions, if known
    /// @param probes questions with recorded answers; empty in older artifacts
    public record ArtifactContents(
            IdIndex users,
            ItemCatalogue items,
            InteractionMatrix histories,
            Optional<InteractionTimes> times,
            List<Probe> probes) {

        public ArtifactContents {
            if (histories.rows() != users.size() || histories.columns() != items.size()) {
                throw new IllegalArgumentException("histories are %d x %d, but there are %d users and %d items"
                        .formatted(histories.rows(), histories.columns(), users.size(), items.size()));
            }
            probes = List.copyOf(probes);
        }
    }

    /// Query of the training job with the answer of its model. A loaded model that is complete and has the same users
    /// and items returns the same answer.
    ///
    /// @param user id of a trained user; empty for users that were not in the training data
    /// @param history item ids, oldest first; not part of the answer
    /// @param items item ids of the answer, best first
    /// @param scores scores of those items
    public record Probe(
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<String> user,
            List<String> history,
            List<String> items,
            List<Float> scores) {

        /// Copies the lists.
        ///
        /// @throws IllegalArgumentException if the history is empty or the lists of the answer differ in length
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
}

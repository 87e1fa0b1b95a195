package io.diffmm.training;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.blend.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Published models whose views join the blend of the one that is trained.
final class Beside {

    private Beside() {}

    /// The models of published versions.
    ///
    /// @param directories of versions, or their parents
    /// @param dataset that they have to be trained on, too: their users and items go by their rows
    /// @param trained the family that is trained
    /// @throws IllegalArgumentException if one was trained on other data, or a family would be there twice
    static List<ModelFiles.Member> read(List<Path> directories, Dataset dataset, String trained) {
        List<ModelFiles.Member> members = new ArrayList<>();
        List<String> families = new ArrayList<>(List.of(trained));
        for (Path directory : directories) {
            Artifact artifact = ArtifactReader.open(ArtifactLocator.resolve(directory, Optional.empty()));
            if (!artifact.manifest().dataset().fingerprint().equals(dataset.fingerprint())) {
                throw new IllegalArgumentException(
                        "--beside %s was trained on other data; train it on these first".formatted(directory));
            }
            for (ModelFiles.Member member : members(artifact)) {
                if (families.contains(member.family())) {
                    throw new IllegalArgumentException("--beside %s is a model of %s, of which there is one already"
                            .formatted(directory, member.family()));
                }
                families.add(member.family());
                members.add(member);
            }
        }
        return List.copyOf(members);
    }

    /// The names of a model's views.
    static List<String> views(ModelFiles.Member member, Dataset dataset) {
        return TrainerFamily.named(member.family()).views(dataset);
    }

    /// The models of an artifact.
    static List<ModelFiles.Member> members(Artifact artifact) {
        return artifact.members().stream()
                .map(member -> new ModelFiles.Member(member.family(), member.settings(), member.weights()))
                .toList();
    }
}

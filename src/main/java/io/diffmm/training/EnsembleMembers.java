package io.diffmm.training;

import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.blend.ModelFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Published models whose views join the blend of the model in training.
final class EnsembleMembers {

    private EnsembleMembers() {}

    /// Reads the models of published versions.
    ///
    /// @param directories directories of versions, or their parents
    /// @param dataset dataset of the training job. Every member must be trained on the same data, because users and
    ///     items are identified by their rows.
    /// @param trained name of the family in training
    /// @throws IllegalArgumentException if a model was trained on other data, or two directories contain
    ///     a family
    static List<ModelFiles.Member> read(List<Path> directories, Dataset dataset, String trained) {
        List<ModelFiles.Member> members = new ArrayList<>();
        Set<String> families = new HashSet<>(Set.of(trained));
        for (Path directory : directories) {
            List<ModelFiles.Member> own = read(directory, dataset);
            for (ModelFiles.Member member : own) {
                if (families.contains(member.family())) {
                    throw new IllegalArgumentException(
                            "--ensemble %s contains a model of family %s, which the ensemble already contains"
                                    .formatted(directory, member.family()));
                }
            }
            own.forEach(member -> families.add(member.family()));
            members.addAll(own);
        }
        return List.copyOf(members);
    }

    private static List<ModelFiles.Member> read(Path directory, Dataset dataset) {
        Artifact artifact = ArtifactReader.open(ArtifactLocator.resolve(directory, Optional.empty()));
        if (!artifact.manifest().dataset().fingerprint().equals(dataset.fingerprint())) {
            throw new IllegalArgumentException(
                    "--ensemble %s was trained on other data; train it on this dataset first".formatted(directory));
        }
        return of(artifact);
    }

    /// Returns the names of a member's views.
    static List<String> views(ModelFiles.Member member, Dataset dataset) {
        return views(TrainerFamily.named(member.family()), member, dataset);
    }

    private static <S extends Record> List<String> views(
            TrainerFamily<S> family, ModelFiles.Member member, Dataset dataset) {
        return family.views(dataset, family.model().settings(member.settings()));
    }

    /// Returns the models of an artifact.
    static List<ModelFiles.Member> of(Artifact artifact) {
        return artifact.members().stream()
                .map(member ->
                        new ModelFiles.Member(member.family(), member.settings(), member.weights(), member.seed()))
                .toList();
    }
}

package io.diffmm.artifacts;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A published model that was read and found whole.
public record Artifact(Path directory, Manifest manifest, ArtifactContents contents) {

    /// The safetensors file with the weights; its digest was checked.
    public Path weights() {
        return directory.resolve(ArtifactFiles.WEIGHTS);
    }

    /// The models whose views it blends, that of the manifest's family first.
    public List<Member> members() {
        List<Member> members = new ArrayList<>();
        members.add(new Member(manifest.family(), manifest.settings(), weights()));
        for (MemberEntry member : manifest.members()) {
            Path own = directory.resolve(ArtifactFiles.weights(member.family()));
            members.add(new Member(member.family(), member.settings(), own));
        }
        return List.copyOf(members);
    }

    /// The safetensors file with the linear view, if the model has one; its digest was checked.
    public Optional<Path> links() {
        return Optional.of(directory.resolve(ArtifactFiles.LINKS))
                .filter(_ -> manifest.files().containsKey(ArtifactFiles.LINKS));
    }
}

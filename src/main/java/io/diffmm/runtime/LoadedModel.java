package io.diffmm.runtime;

import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.artifacts.Manifest;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.model.linear.InvalidLinksException;
import io.diffmm.retrieval.InvalidGraphException;
import io.diffmm.retrieval.SearchSettings;
import io.diffmm.runtime.ModelRuntime.ServedModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/// Published model, verified and loaded onto a device for serving or `evaluate`.
///
/// Owns the root manager of all native arrays of the model until [#close].
public final class LoadedModel implements AutoCloseable {

    private final Artifact artifact;
    private final NDManager manager;
    private final BlendedRecommender recommender;

    private LoadedModel(Artifact artifact, NDManager manager, BlendedRecommender recommender) {
        this.artifact = artifact;
        this.manager = manager;
        this.recommender = recommender;
    }

    /// Loads a version.
    ///
    /// @param version directory of the version
    /// @param device `auto`, `cpu`, `gpu` or `gpu:N`
    /// @param search settings of item search
    /// @throws InvalidArtifactException if the version is missing, damaged, foreign or newer than this program
    /// @throws UncheckedIOException if a file cannot be read; the version may be valid
    public static LoadedModel open(Path version, String device, SearchSettings search) {
        DeviceChoice choice = DeviceChoice.parse(device);
        Artifact artifact = ArtifactReader.open(version);
        NDManager manager = choice.newManager();
        try {
            return new LoadedModel(artifact, manager, recommender(artifact, search, manager));
        } catch (RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }

    private static BlendedRecommender recommender(Artifact artifact, SearchSettings search, NDManager manager) {
        Manifest manifest = artifact.manifest();
        try {
            BlendedRecommender recommender = ModelFiles.of(members(artifact), artifact.links(), manifest.blend())
                    .load(manager, search);
            int items = artifact.contents().items().size();
            if (recommender.itemCount() != items) {
                throw new IllegalArgumentException(
                        "the weights score %d items, items.json has %d".formatted(recommender.itemCount(), items));
            }
            return recommender;
        } catch (InvalidGraphException e) {
            throw new InvalidArtifactException(e.file(), e.reason(), e);
        } catch (InvalidLinksException e) {
            throw new InvalidArtifactException(e.file(), e.reason(), e);
        } catch (UncheckedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read %s: %s".formatted(artifact.directory(), e.getMessage()), e);
        } catch (RuntimeException e) {
            throw new InvalidArtifactException(artifact.weights(), String.valueOf(e.getMessage()), e);
        }
    }

    private static List<ModelFiles.Member> members(Artifact artifact) {
        return artifact.members().stream()
                .map(member -> new ModelFiles.Member(member.family(), member.settings(), member.weights()))
                .toList();
    }

    /// Returns the users, items and histories of the model.
    public ArtifactContents contents() {
        return artifact.contents();
    }

    public BlendedRecommender recommender() {
        return recommender;
    }

    /// Returns whether the model computes on a GPU.
    boolean isOnGpu() {
        return manager.getDevice().isGpu();
    }

    /// Returns the description for serving.
    ServedModel describe() {
        Manifest manifest = artifact.manifest();
        return new ServedModel(
                manifest.name(),
                manifest.version(),
                manifest.family(),
                manifest.created(),
                manifest.settings(),
                manifest.blend(),
                manifest.metrics(),
                DeviceChoice.describe(manager.getDevice()),
                recommender.precision(),
                contents().users(),
                contents().items(),
                contents().histories(),
                contents().times());
    }

    @Override
    public void close() {
        recommender.close();
        manager.close();
    }
}

package io.diffmm.artifacts;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactNames.SafeName;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Trained model to publish. The publication adds version, digests and time.
///
/// @param name name of the model, for example `demo`; becomes a directory
/// @param metrics held-out metrics by ranker (`model`, `popularity`), then by metric name
/// @param gate result of the quality gate; empty if there was none
/// @param furtherFiles files that serving does not need, such as a report, by name
public record ArtifactDraft(
        String name,
        ModelDraft model,
        DatasetDescription dataset,
        Map<String, Map<String, Double>> metrics,
        Optional<GateRecord> gate,
        ArtifactContents contents,
        Map<String, ArtifactFileWriter> furtherFiles) {

    /// Copies the further files.
    ///
    /// @throws IllegalArgumentException if a name could leave its directory or is a file name of the format
    public ArtifactDraft {
        SafeName.require("model name", name);
        furtherFiles.keySet().forEach(ArtifactNames::requireFurther);
        furtherFiles = Collections.unmodifiableMap(new TreeMap<>(furtherFiles));
    }

    /// Writer of one file of an artifact, for example of weights as safetensors.
    @FunctionalInterface
    public interface ArtifactFileWriter {

        /// Creates `file`, which does not exist yet.
        void write(Path file) throws IOException;
    }

    /// Model of one family to publish, alone or as a member of an ensemble.
    ///
    /// @param family model family, for example `diffmm`
    /// @param settings all hyper-parameters, as JSON values
    /// @param seed seed of the training; empty for models that were not trained
    /// @param weights writer of the weights, and of indexes beside them
    public record MemberDraft(
            String family, Map<String, Object> settings, Optional<Long> seed, ArtifactFileWriter weights) {

        /// Creates a draft of a model without a seed.
        public MemberDraft(String family, Map<String, Object> settings, ArtifactFileWriter weights) {
            this(family, settings, Optional.empty(), weights);
        }
    }

    /// Members, blend and linear view of a model to publish.
    ///
    /// @param members models whose views are blended, the trained one first; several may be of one family
    /// @param blend weights that combine the views into one score; empty if the first view of the first
    ///     member ranks alone
    /// @param links writer of the linear view, if there is one
    public record ModelDraft(List<MemberDraft> members, Map<String, Object> blend, Optional<ArtifactFileWriter> links) {

        public ModelDraft {
            members = List.copyOf(members);
            if (members.isEmpty()) {
                throw new IllegalArgumentException("there is no model to publish");
            }
        }

        /// Creates a draft of a single model.
        public static ModelDraft of(
                String family,
                Map<String, Object> settings,
                Map<String, Object> blend,
                ArtifactFileWriter weights,
                Optional<ArtifactFileWriter> links) {
            return new ModelDraft(List.of(new MemberDraft(family, settings, weights)), blend, links);
        }

        /// Returns the trained model.
        MemberDraft first() {
            return members.getFirst();
        }

        /// Returns the ensemble members besides the trained model.
        List<MemberDraft> others() {
            return members.subList(1, members.size());
        }
    }
}

package io.diffmm.artifacts;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.artifacts.ArtifactDraft.ArtifactFileWriter;
import io.diffmm.artifacts.ArtifactDraft.ModelDraft;
import io.diffmm.artifacts.Manifest.DatasetDescription;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Small models to publish, of two users and three items.
public final class Drafts {

    static final byte[] WEIGHTS = {1, 2, 3, 4, 5, 6, 7, 8};

    private static final InteractionMatrix HISTORIES =
            InteractionMatrix.of(3, List.of(new int[] {2, 0}, new int[] {1}));

    private Drafts() {}

    /// Returns a draft of the model `name`.
    public static ArtifactDraft named(String name) {
        return withWeights(name, file -> Files.write(file, WEIGHTS));
    }

    static ArtifactDraft withWeights(String name, ArtifactFileWriter weights) {
        return new ArtifactDraft(
                name,
                ModelDraft.of(
                        "diffmm",
                        Map.of("steps", 5, "noise", Map.of("scale", 0.1)),
                        Map.of(),
                        weights,
                        Optional.empty()),
                new DatasetDescription("abc", 2, 3, 3),
                Map.of("model", Map.of("recall@20", 0.5), "popularity", Map.of("recall@20", 0.25)),
                Optional.empty(),
                contents(),
                Map.of());
    }

    static ArtifactDraft gated(String name, Optional<GateRecord> gate, Map<String, ArtifactFileWriter> furtherFiles) {
        ArtifactDraft plain = named(name);
        return new ArtifactDraft(
                name, plain.model(), plain.dataset(), plain.metrics(), gate, plain.contents(), furtherFiles);
    }

    static ArtifactContents contents() {
        return new ArtifactContents(
                IdIndex.of(List.of("u1", "ü2")),
                ItemCatalogue.of(List.of(
                        Item.of("v1"),
                        new Item("v2", Optional.of("Ein \"Titel\""), Optional.empty()),
                        new Item("v3", Optional.of("Third"), Optional.of("film")))),
                HISTORIES,
                Optional.of(InteractionTimes.of(HISTORIES, new long[] {-5, 1_700_000_000_000_001L, 0})),
                List.of(
                        new Probe(Optional.of("u1"), List.of("v3", "v1"), List.of("v2"), List.of(0.5f)),
                        new Probe(Optional.empty(), List.of("v1"), List.of("v3", "v2"), List.of(1.5f, -1f))));
    }
}

package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ArtifactStoreTest {

    private static final Clock NOON = Clock.fixed(Instant.parse("2026-03-04T12:00:01Z"), ZoneOffset.UTC);

    @TempDir
    private Path root;

    @Test
    void publish_isCurrent() throws IOException {
        Path version = new ArtifactStore(root, NOON, Duration.ofSeconds(1)).publish(Drafts.named("demo"));

        assertThat(version.getFileName().toString()).matches("20260304-120001-[0-9a-f]{8}");
        assertThat(root.resolve("demo/current")).hasContent(version.getFileName() + "\n");
        assertThat(ArtifactLocator.resolve(root, Optional.empty())).isEqualTo(version);
        assertOnlyVersion(version);
    }

    @Test
    void publish_sameContentInTheSameSecond_getsANumber() {
        var store = new ArtifactStore(root, NOON, Duration.ofSeconds(1));

        Path first = store.publish(Drafts.named("demo"));
        Path second = store.publish(Drafts.named("demo"));

        assertThat(second).isEqualTo(first.resolveSibling(first.getFileName() + "-2"));
    }

    @Test
    void publish_weightsFail_keepsCurrent() throws IOException {
        var store = new ArtifactStore(root);
        Path first = store.publish(Drafts.named("demo"));

        assertThatThrownBy(() -> store.publish(Drafts.withWeights("demo", _ -> {
                    throw new IOException("disk full");
                })))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("disk full");

        assertOnlyVersion(first);
    }

    @Test
    void publish_furtherFiles_areListedAndVerified() throws IOException {
        Path version = new ArtifactStore(root)
                .publish(Drafts.gated(
                        "demo", Optional.empty(), Map.of("notes.txt", file -> Files.writeString(file, "read me"))));

        Artifact artifact = ArtifactReader.open(version);
        assertThat(artifact.manifest().files()).containsKey("notes.txt");
        assertThat(Files.readString(version.resolve("manifest.json"))).doesNotContain("gate");
        Files.writeString(version.resolve("notes.txt"), "read you");
        assertThatThrownBy(() -> ArtifactReader.open(version)).hasMessageContaining("notes.txt");
    }

    @Test
    void furtherFiles_underNamesOfTheFormatOrOutside_areRefused() {
        for (String name : List.of("manifest.json", "users.json", "index-x.graph", "../up", "")) {
            assertThatThrownBy(() -> Drafts.gated("demo", Optional.empty(), Map.of(name, _ -> {})))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void publish_gate_isInTheManifest() {
        GateRecord forced = new GateRecord(false, true, 0.002, List.of("worse than before"));

        Path version = new ArtifactStore(root).publish(Drafts.gated("demo", Optional.of(forced), Map.of()));

        assertThat(ArtifactReader.open(version).manifest().gate()).contains(forced);
        assertThatThrownBy(() -> new GateRecord(true, true, 0, List.of())).hasMessageContaining("is not forced");
    }

    @Test
    void keepUnpublished_isComplete_andNotFoundBySearch() throws IOException {
        var store = new ArtifactStore(root, NOON, Duration.ofSeconds(1));

        Path first = store.keepUnpublished(Drafts.named("demo"));
        Path second = store.keepUnpublished(Drafts.named("demo"));

        assertThat(first.getParent()).isEqualTo(root.resolve("demo/unpublished"));
        assertThat(second).isEqualTo(first.resolveSibling(first.getFileName() + "-2"));
        assertThat(ArtifactReader.open(first).manifest().version())
                .isEqualTo(first.getFileName().toString());
        assertThat(ArtifactLocator.currentIn(root.resolve("demo"))).isEmpty();
        for (String directory : List.of("", "demo", "demo/unpublished")) {
            assertThatThrownBy(() -> ArtifactLocator.resolve(root.resolve(directory), Optional.empty()))
                    .hasMessageContaining("contains no published model");
        }

        Path published = store.publish(Drafts.named("demo"));
        assertThat(ArtifactLocator.currentIn(root.resolve("demo"))).contains(published);
        assertThat(ArtifactLocator.resolve(root, Optional.empty())).isEqualTo(published);
    }

    @Test
    void publish_outOfMemory_keepsCurrent() throws IOException {
        var store = new ArtifactStore(root);
        Path first = store.publish(Drafts.named("demo"));

        assertThatThrownBy(() -> store.publish(Drafts.withWeights("demo", file -> {
                    Files.write(file, new byte[] {1});
                    throw new OutOfMemoryError("as if");
                })))
                .isInstanceOf(OutOfMemoryError.class);

        assertOnlyVersion(first);
    }

    @Test
    void publish_noWeightsWritten_isRefused() throws IOException {
        var store = new ArtifactStore(root);
        Path first = store.publish(Drafts.named("demo"));

        assertThatThrownBy(() -> store.publish(Drafts.withWeights("demo", _ -> {})))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("does not list weights.safetensors");

        assertOnlyVersion(first);
    }

    @Test
    void publish_afterAKilledPublisher_removesItsLeftovers() throws IOException {
        var store = new ArtifactStore(root);
        Path first = store.publish(Drafts.named("demo"));
        Path leftover = Files.createDirectory(root.resolve("demo/.staging-20200101-000000"));
        Files.writeString(leftover.resolve("users.json"), "[");

        assertThat(ArtifactLocator.resolve(root, Optional.empty())).isEqualTo(first);
        Path second = store.publish(Drafts.named("demo"));

        assertThat(leftover).doesNotExist();
        assertThat(ArtifactLocator.resolve(root, Optional.empty())).isEqualTo(second);
    }

    @Test
    void publish_whileAnotherHoldsTheLock_givesUp() throws IOException {
        Files.createDirectories(root.resolve("demo"));
        try (var _ = PublisherLock.acquire(root.resolve("demo/.lock"), Duration.ZERO)) {
            assertThatThrownBy(() -> new ArtifactStore(root, NOON, Duration.ofMillis(50)).publish(Drafts.named("demo")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("another publisher");
        }
    }

    @Test
    void publish_concurrently_leavesWholeVersions() throws Exception {
        List<Path> versions = new ArrayList<>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            List<Future<Path>> published = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                published.add(threads.submit(() -> new ArtifactStore(root).publish(Drafts.named("demo"))));
            }
            for (Future<Path> version : published) {
                versions.add(version.get());
            }
        }

        assertThat(versions).doesNotHaveDuplicates().allSatisfy(ArtifactReader::open);
        assertThat(versions).contains(ArtifactLocator.resolve(root, Optional.of("demo")));
    }

    @Test
    void draft_nameThatLeavesTheRoot_isRefused() {
        assertThatThrownBy(() -> Drafts.named("../demo"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'../demo'");
    }

    private void assertOnlyVersion(Path version) throws IOException {
        assertThat(ArtifactLocator.resolve(root, Optional.empty())).isEqualTo(version);
        assertThat(FileOperations.children(root.resolve("demo")))
                .containsExactlyInAnyOrder(root.resolve("demo/.lock"), root.resolve("demo/current"), version);
        ArtifactReader.open(version);
    }
}

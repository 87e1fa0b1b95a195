package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.BucketServer;
import io.diffmm.artifacts.BucketSettings.BucketUrl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BucketPublisherTest {

    private static final BucketUrl ROOT = BucketUrl.parse("s3://models/shop");

    @TempDir
    Path directory;

    @Test
    void publish_isCurrentInTheBucket_unpublishedModelsAreSeparate() throws Exception {
        try (BucketServer server = BucketServer.start(directory)) {
            BucketSettings settings = server.settings(directory.resolve("cache"));
            Path local = BucketPublisher.directory(ROOT, settings);
            var store = new ArtifactStore(local);
            try (var publisher = new BucketPublisher(ROOT, "demo", settings)) {
                publisher.prepare();
                assertThat(Files.getPosixFilePermissions(local))
                        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
                Path first = store.publish(Drafts.named("demo"));
                assertThat(publisher.publish(first)).isEqualTo("s3://models/shop/demo/" + first.getFileName());

                String kept = keptUnpublished(store, publisher);
                assertThat(server.keys("shop/demo/unpublished/" + kept))
                        .anyMatch(key -> key.endsWith("/manifest.json"));

                Path second = publishedWhileTheDirectoryIsLocked(store, publisher, local);
                assertThat(server.text("shop/demo/current").strip())
                        .isEqualTo(second.getFileName().toString());

                publisher.prepare();
                assertThat(ArtifactLocator.resolve(local, Optional.of("demo"))).isEqualTo(second);
                assertThat(ArtifactReader.open(second).manifest().name()).isEqualTo("demo");
            }
        }
    }

    private static String keptUnpublished(ArtifactStore store, BucketPublisher publisher) {
        Path candidate = store.keepUnpublished(Drafts.named("demo"));
        assertThat(publisher.keepUnpublished(candidate))
                .isEqualTo("s3://models/shop/demo/unpublished/" + candidate.getFileName());
        return candidate.getFileName().toString();
    }

    /// The local versions before cannot be removed then, which is no failure.
    private static Path publishedWhileTheDirectoryIsLocked(ArtifactStore store, BucketPublisher publisher, Path local)
            throws IOException {
        Path version = store.publish(Drafts.named("demo"));
        try (var _ = PublisherLock.acquire(local.resolve("demo/.lock"), Duration.ofSeconds(1))) {
            publisher.publish(version);
        }
        return version;
    }
}

package io.diffmm.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.BucketServer;
import io.diffmm.artifacts.ArtifactRepository;
import io.diffmm.artifacts.ArtifactStore;
import io.diffmm.artifacts.Drafts;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.runtime.FakeModelRuntime;
import io.diffmm.runtime.LoadPriority;
import io.diffmm.runtime.ModelRuntime;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Number of reads of the published version by a poll and by the requests of an operator.
class PublishedReadsTest {

    private static final Optional<String> NONE = Optional.empty();

    @TempDir
    static Path output;

    private static BucketServer server;

    @TempDir
    private Path directory;

    private final Set<String> unfit = ConcurrentHashMap.newKeySet();

    @BeforeAll
    static void start() throws Exception {
        server = BucketServer.start(output);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    enum Place {
        DIRECTORY,
        BUCKET
    }

    /// Publishes another version and returns its name.
    private String publish(Place place) throws IOException {
        Path root = directory.resolve("published");
        String version = new ArtifactStore(root)
                .publish(Drafts.named("demo"))
                .getFileName()
                .toString();
        if (place == Place.BUCKET) {
            server.putAll(root, prefix());
        }
        return version;
    }

    private String prefix() {
        return directory.getFileName() + "/";
    }

    private CountingRepository repository(Place place) {
        return new CountingRepository(
                switch (place) {
                    case DIRECTORY -> ArtifactRepository.in(directory.resolve("published"), NONE);
                    case BUCKET ->
                        ArtifactRepository.at(
                                "s3://models/" + directory.getFileName(),
                                NONE,
                                server.settings(directory.resolve("cache")));
                });
    }

    private ModelDeployment deployed(CountingRepository repository, Optional<String> canary, int kept) {
        var settings = new DeploymentSettings(NONE, canary, 0.5, kept);
        ModelDeployment deployment = ModelDeployment.open(repository, this::open, settings, InstantSource.system());
        assertThat(repository.reads()).as("at the start").isOne();
        return deployment;
    }

    /// Copies from a bucket are in folders `<version>.<digest>`.
    private ModelRuntime open(Path version, LoadPriority priority) {
        String name = version.getFileName().toString().split("\\.", 2)[0];
        if (unfit.contains(name)) {
            throw new InvalidArtifactException(version, "is damaged");
        }
        var runtime = new FakeModelRuntime();
        runtime.setVersion(name);
        return runtime;
    }

    private static String current(ModelDeployment deployment) {
        return deployment.served().serving().getFirst().model().version();
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void check_nothingNew_readsOnce(Place place) throws IOException {
        publish(place);
        CountingRepository repository = repository(place);
        try (ModelDeployment deployment = deployed(repository, NONE, 1)) {
            deployment.check();

            assertThat(repository.reads()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void check_newVersion_readsOnce_fromFetchToRetention(Place place) throws IOException {
        String first = publish(place);
        CountingRepository repository = repository(place);
        try (ModelDeployment deployment = deployed(repository, Optional.of(first), 1)) {
            String second = publish(place);

            deployment.check();

            assertThat(current(deployment)).isEqualTo(second);
            assertThat(deployment.served().serving()).hasSize(2);
            assertThat(repository.reads()).isOne();
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void check_unfitVersion_readsOnce_thenAndInTheNextPoll(Place place) throws IOException {
        String first = publish(place);
        CountingRepository repository = repository(place);
        try (ModelDeployment deployment = deployed(repository, NONE, 0)) {
            unfit.add(publish(place));

            deployment.check();
            assertThat(repository.reads()).isOne();
            deployment.check();
            assertThat(repository.reads()).isOne();

            assertThat(current(deployment)).isEqualTo(first);
            assertThat(deployment.refusing()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void requestsOfAnOperator_readAtMostOnce(Place place) throws IOException {
        String first = publish(place);
        CountingRepository repository = repository(place);
        try (ModelDeployment deployment = deployed(repository, NONE, 5)) {
            String second = publish(place);

            deployment.follow();
            assertThat(current(deployment)).isEqualTo(second);
            assertThat(repository.reads()).isOne();
            deployment.rollBack();
            assertThat(current(deployment)).isEqualTo(first);
            assertThat(repository.reads()).isOne();
            deployment.check();
            assertThat(repository.reads()).as("while a version is pinned").isOne();
            deployment.pin(second);
            assertThat(repository.reads()).isOne();
            deployment.reload();
            assertThat(repository.reads()).isOne();
        }
    }

    /// Counts reads of the published version. [#prune] reads it once more by itself, under the lock of the publishers,
    /// so that it never removes a version that has just become current.
    private static final class CountingRepository implements ArtifactRepository {

        private final ArtifactRepository repository;
        private final AtomicInteger reads = new AtomicInteger();

        CountingRepository(ArtifactRepository repository) {
            this.repository = repository;
        }

        /// Returns the number of reads since the last call.
        int reads() {
            return reads.getAndSet(0);
        }

        @Override
        public String current() {
            reads.incrementAndGet();
            return repository.current();
        }

        @Override
        public List<String> versions() {
            return repository.versions();
        }

        @Override
        public Path fetch(String version) {
            return repository.fetch(version);
        }

        @Override
        public String fingerprint(String version) {
            return repository.fingerprint(version);
        }

        @Override
        public List<String> prune(int max, Set<String> kept) {
            return repository.prune(max, kept);
        }

        @Override
        public void retain(Set<String> versions) {
            repository.retain(versions);
        }

        @Override
        public void close() throws IOException {
            repository.close();
        }
    }
}

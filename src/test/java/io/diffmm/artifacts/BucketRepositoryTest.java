package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.BucketServer;
import io.diffmm.artifacts.Bucket.StoredObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketRepositoryTest extends ArtifactRepositoryContract {

    @TempDir
    static Path output;

    private static BucketServer server;

    private final String prefix = "shop/" + UUID.randomUUID();

    @BeforeAll
    static void start() throws Exception {
        server = BucketServer.start(output);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Override
    ArtifactRepository repository(Optional<String> name) {
        return at("s3://models/" + prefix, name);
    }

    private ArtifactRepository at(String url, Optional<String> name) {
        return ArtifactRepository.at(url, name, server.settings(cache()));
    }

    private Path cache() {
        return directory.resolve("cache");
    }

    @Override
    void publish(Path root) throws IOException {
        server.putAll(root, prefix + "/");
    }

    @Override
    void write(String path, String text) {
        server.put("%s/%s".formatted(prefix, path), bytes(text));
    }

    @Override
    void delete(String path) {
        server.delete("%s/%s".formatted(prefix, path));
    }

    private List<Path> copies() throws IOException {
        try (var tree = Files.walk(cache())) {
            return tree.filter(file -> file.endsWith("manifest.json"))
                    .map(Path::getParent)
                    .toList();
        }
    }

    @Test
    void model_isFoundByItsOwnUrl() throws IOException {
        List<String> versions = published("films", "books");

        assertThat(at("s3://models/%s/films".formatted(prefix), Optional.empty())
                        .versions())
                .containsExactly(versions.getFirst());
        assertThat(at("s3://models/%s/films/".formatted(prefix), Optional.of("films"))
                        .current())
                .isEqualTo(versions.getFirst());
        assertThatThrownBy(() -> at("s3://models/%s/films".formatted(prefix), Optional.of("books")))
                .hasMessage("s3://models/%s/films: is the model 'films', not 'books'", prefix);
    }

    /// Fetches as the only process with this cache.
    private Path fetchedAndClosed(String version) throws IOException {
        try (var repository = (BucketRepository) repository(Optional.empty())) {
            return repository.fetch(version);
        }
    }

    @Test
    void fetch_again_isTheCopy() throws IOException {
        String version = published("demo").getFirst();
        Path copy = fetchedAndClosed(version);
        Path weights = copy.resolve(ArtifactNames.WEIGHTS);
        var before = Files.getLastModifiedTime(weights);

        assertThat(fetchedAndClosed(version)).isEqualTo(copy);

        assertThat(Files.getLastModifiedTime(weights)).isEqualTo(before);
        assertThat(Files.getPosixFilePermissions(copy.resolveSibling(".")))
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));
    }

    @Test
    void fetch_copyIsIncomplete_isCopiedAgain() throws IOException {
        String version = published("demo").getFirst();
        Path copy = fetchedAndClosed(version);
        Files.write(copy.resolve(ArtifactNames.WEIGHTS), new byte[1]);
        Files.delete(copy.resolve("users.json"));
        Files.createDirectory(copy.resolveSibling(".staging-killed"));

        assertThat(fetchedAndClosed(version)).isEqualTo(copy);

        assertThat(ArtifactReader.open(copy).manifest().version()).isEqualTo(version);
        assertThat(copy.resolveSibling(".staging-killed")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(strings = {ArtifactNames.WEIGHTS, ArtifactNames.MANIFEST})
    void fetch_bitOfTheCopyHasFlipped_isCopiedAgain(String name) throws IOException {
        String version = published("demo").getFirst();
        Path file = fetchedAndClosed(version).resolve(name);
        byte[] bytes = Files.readAllBytes(file);
        bytes[0] ^= 1;
        Files.write(file, bytes);

        Path copy = fetchedAndClosed(version);

        assertThat(ArtifactReader.open(copy).manifest().version()).isEqualTo(version);
    }

    @Test
    void fetch_byTwoProcesses_givesEachItsOwnCopy() throws IOException {
        List<String> versions = published("demo", "demo");
        Path copy = repository(Optional.empty()).fetch(versions.getFirst());

        ArtifactRepository other = repository(Optional.empty());
        other.fetch(versions.getLast());
        other.retain(Set.of());

        assertThat(ArtifactReader.open(copy).manifest().version()).isEqualTo(versions.getFirst());
    }

    @Test
    void retain_repairedVersion_keepsTheLastCopyOnly() throws IOException {
        String version = published("demo").getFirst();
        ArtifactRepository repository = repository(Optional.empty());
        Path before = repository.fetch(version);
        write("demo/%s/users.json".formatted(version), "[\"u1\", \"u3\"] ");
        Path repaired = repository.fetch(version);

        repository.retain(Set.of(version));

        assertThat(before).doesNotExist();
        assertThat(repaired).exists();
    }

    @Test
    void versions_withoutUnpublished() throws IOException {
        String version = published("demo").getFirst();
        write("demo/unpublished/20990101-000000-00000000/manifest.json", "{}");

        ArtifactRepository repository = repository(Optional.empty());

        assertThat(repository.versions()).containsExactly(version);
        assertThat(repository.fingerprint("unpublished")).isEmpty();
        assertThatThrownBy(() -> repository.fetch("unpublished")).hasMessageContaining("has no version unpublished");
    }

    @Test
    void fetch_keyThatIsNoNameOfAFile_isRefused_andNothingIsCopied() throws IOException {
        String version = published("demo").getFirst();
        write("demo/%s/more/users.json".formatted(version), "[]");

        assertThatThrownBy(() -> repository(Optional.empty()).fetch(version))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessage(
                        "s3://models/%1$s/demo/%2$s: a version may not contain the key %1$s/demo/%2$s/more/users.json",
                        prefix, version);
        assertThat(copies()).isEmpty();
    }

    @Test
    void download_objectIsAnotherThanWasListed_fails() throws IOException {
        String version = published("demo").getFirst();
        String key = "%s/demo/%s/users.json".formatted(prefix, version);
        try (Bucket bucket = Bucket.open("models", server.settings(cache()))) {
            StoredObject listed = bucket.objects(key).getFirst();
            server.put(key, bytes("[]"));

            assertThatThrownBy(() -> bucket.download(listed, directory.resolve("users.json")))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("cannot read s3://models/" + key)
                    .hasMessageContaining("412");
        }
    }

    @Test
    void retain_dropsOtherCopies() throws IOException {
        List<String> versions = published("demo", "demo");
        ArtifactRepository repository = repository(Optional.empty());
        repository.retain(Set.copyOf(versions));
        Path first = repository.fetch(versions.getFirst());
        Path last = repository.fetch(versions.getLast());
        assertThat(copies()).containsExactlyInAnyOrder(first, last);

        repository.retain(Set.of(versions.getLast()));

        assertThat(copies()).containsExactly(last);
    }

    @Test
    void prune_leavesNothingBehind() throws IOException {
        List<String> versions = published("demo", "demo").stream().sorted().toList();
        write("demo/current", versions.getLast());

        repository(Optional.empty()).prune(1, Set.of());

        assertThat(server.keys("%s/demo/%s/".formatted(prefix, versions.getFirst())))
                .isEmpty();
        assertThat(server.keys("%s/demo/%s/".formatted(prefix, versions.getLast())))
                .isNotEmpty();
    }

    @Test
    void open_missingBucket_isRefused() {
        assertThatThrownBy(() -> at("s3://none/demo", Optional.empty()))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessage("s3://none: there is no such bucket");
    }

    @Test
    void open_unavailableStore_failsWithItsUrl() {
        var away = new BucketSettings(
                Optional.of(URI.create("http://127.0.0.1:1")), Optional.of("eu-central-1"), true, cache());

        assertThatThrownBy(() -> ArtifactRepository.at("s3://models/shop", Optional.empty(), away))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("cannot read s3://models/shop/current")
                .hasMessageContaining("Connection refused");
    }
}

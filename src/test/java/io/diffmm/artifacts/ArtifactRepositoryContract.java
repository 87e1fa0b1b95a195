package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Contract of all repositories.
abstract class ArtifactRepositoryContract {

    @TempDir
    Path directory;

    /// Opens the repository of the model `name`.
    abstract ArtifactRepository repository(Optional<String> name);

    /// Copies published models to the location of the repository.
    abstract void publish(Path root) throws IOException;

    /// @param path for example `demo/current`
    abstract void write(String path, String text) throws IOException;

    abstract void delete(String path) throws IOException;

    private ArtifactRepository repository() {
        return repository(Optional.empty());
    }

    /// Publishes models one after the other and returns the names of the versions.
    List<String> published(String... names) throws IOException {
        Path root = directory.resolve("published");
        var store = new ArtifactStore(root);
        List<String> versions = List.of(names).stream()
                .map(name -> store.publish(Drafts.named(name)).getFileName().toString())
                .toList();
        publish(root);
        return versions;
    }

    @Test
    void versions_areSorted_andTheLastIsCurrent() throws IOException {
        List<String> published = published("demo", "demo", "demo");

        assertThat(repository().versions())
                .isEqualTo(published.stream().sorted().toList());
        assertThat(repository().current()).isEqualTo(published.getLast());
    }

    @Test
    void fetch_isTheWholeVersion() throws IOException {
        String version = published("demo", "demo").getFirst();

        Path fetched = repository().fetch(version);

        assertThat(ArtifactReader.open(fetched).manifest().version()).isEqualTo(version);
        assertThat(fetched.resolve(ArtifactNames.WEIGHTS)).hasBinaryContent(Drafts.WEIGHTS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"20200101-000000-00000000", "..", "../demo", "", "a/b"})
    void fetch_noSuchVersion_isRefused(String version) throws IOException {
        published("demo");

        assertThatThrownBy(() -> repository().fetch(version))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("has no version " + version);
        assertThat(repository().fingerprint(version)).isEmpty();
    }

    @Test
    void fetch_afterAFileChanged_isTheNewOne_andTheStampIsAnother() throws IOException {
        String version = published("demo").getFirst();
        String before = repository().fingerprint(version);
        assertThat(repository().fingerprint(version)).isEqualTo(before).isNotEmpty();
        repository().fetch(version);

        write("demo/" + version + "/users.json", "[\"u1\", \"u3\"] ");

        assertThat(repository().fingerprint(version)).isNotEqualTo(before);
        assertThat(repository().fetch(version).resolve("users.json")).content().startsWith("[\"u1\", \"u3\"]");
    }

    @Test
    void fetch_afterAFileIsLost_isWithoutIt() throws IOException {
        String version = published("demo").getFirst();
        repository().fetch(version);

        delete("demo/" + version + "/users.json");

        assertThat(repository().fetch(version).resolve("users.json")).doesNotExist();
        assertThatThrownBy(() -> ArtifactReader.open(repository().fetch(version)))
                .isInstanceOf(InvalidArtifactException.class);
    }

    @Test
    void version_withoutManifest_isNotListed() throws IOException {
        List<String> published = published("demo", "demo");

        delete("demo/" + published.getFirst() + "/manifest.json");

        assertThat(repository().versions()).containsExactly(published.getLast());
    }

    @Test
    void current_ofAMissingVersion_isRefused() throws IOException {
        published("demo");
        ArtifactRepository repository = repository();
        write("demo/current", "20200101-000000-00000000\n");

        assertThatThrownBy(repository::current)
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("names the version 20200101-000000-00000000, which does not exist");
    }

    @ParameterizedTest
    @ValueSource(strings = {"20200101-000000-00000000\n", "..", ""})
    void open_currentIsBroken_hasTheOtherVersions(String current) throws IOException {
        String version = published("demo").getFirst();
        write("demo/current", current);

        ArtifactRepository repository = repository(Optional.of("demo"));

        assertThat(repository.versions()).containsExactly(version);
        assertThat(ArtifactReader.open(repository.fetch(version)).manifest().version())
                .isEqualTo(version);
    }

    @Test
    void open_manifestOfTheCurrentIsDamaged_hasTheOtherVersions() throws IOException {
        List<String> versions = published("demo", "demo");
        write("demo/" + versions.getLast() + "/manifest.json", "{");

        ArtifactRepository repository = repository(Optional.of("demo"));

        assertThat(repository.current()).isEqualTo(versions.getLast());
        assertThat(ArtifactReader.open(repository.fetch(versions.getFirst()))
                        .manifest()
                        .version())
                .isEqualTo(versions.getFirst());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../demo", "/etc", "", "..", "a/b", "20200101\n20200102"})
    void current_notAName_isRefused(String current) throws IOException {
        published("demo");
        ArtifactRepository repository = repository();
        write("demo/current", current);

        assertThatThrownBy(repository::current)
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("does not contain the name of a version");
    }

    @Test
    void current_tooLong_isRefused() throws IOException {
        published("demo");
        ArtifactRepository repository = repository();
        write("demo/current", "a".repeat(1000));

        assertThatThrownBy(repository::current)
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("is longer than the name of a version");
    }

    @Test
    void prune_removesTheOldest_butNeitherKeptNorCurrent() throws IOException {
        List<String> versions =
                published("demo", "demo", "demo", "demo").stream().sorted().toList();
        write("demo/current", versions.get(3));

        assertThat(repository().prune(1, Set.of(versions.get(1)))).containsExactly(versions.get(0), versions.get(2));

        assertThat(repository().versions()).containsExactly(versions.get(1), versions.get(3));
        assertThat(repository().fingerprint(versions.get(0))).isEmpty();
        assertThat(repository().prune(1, Set.of(versions.get(1)))).isEmpty();
    }

    @Test
    void prune_keepsVersionsNewerThanTheCurrent() throws IOException {
        List<String> versions =
                published("demo", "demo", "demo").stream().sorted().toList();
        write("demo/current", versions.get(1));

        assertThat(repository().prune(1, Set.of())).containsExactly(versions.get(0));

        assertThat(repository().versions()).containsExactly(versions.get(1), versions.get(2));
    }

    @Test
    void prune_fewEnough_removesNothing() throws IOException {
        List<String> versions = published("demo", "demo");

        assertThat(repository().prune(2, Set.of())).isEmpty();
        assertThat(repository().versions()).hasSameElementsAs(versions);
    }

    @Test
    void open_severalModels_requiresAName() throws IOException {
        published("films", "books");

        assertThat(repository(Optional.of("books")).versions()).hasSize(1);
        assertThatThrownBy(this::repository)
                .hasMessageContaining("contains the models books, films; name the one to use");
        assertThatThrownBy(() -> repository(Optional.of("songs")))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("contains no model 'songs', only books, films");
    }

    @Test
    void open_nothingPublished_isRefused() throws IOException {
        Path empty = Files.createDirectory(directory.resolve("published"));
        publish(empty);

        assertThatThrownBy(this::repository)
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("contains no published model");
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}

package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArtifactLocatorTest {

    @TempDir
    private Path root;

    @Test
    void resolve_versionModelOrRoot_findsTheVersion() {
        Path version = publish("demo");

        assertThat(ArtifactLocator.resolve(version, Optional.empty())).isEqualTo(version);
        assertThat(ArtifactLocator.resolve(root.resolve("demo"), Optional.empty()))
                .isEqualTo(version);
        assertThat(ArtifactLocator.resolve(root, Optional.empty())).isEqualTo(version);
        assertThat(ArtifactLocator.resolve(root, Optional.of("demo"))).isEqualTo(version);
    }

    @Test
    void resolve_severalModels_requiresAName() {
        publish("films");
        Path books = publish("books");

        assertRefused(root, Optional.empty(), "contains the models books, films; name the one to use");
        assertRefused(root, Optional.of("songs"), "contains no model 'songs', only books, films");
        assertThat(ArtifactLocator.resolve(root, Optional.of("books"))).isEqualTo(books);
    }

    @Test
    void resolve_otherNameThanTheVersions_isRefused() {
        Path version = publish("demo");

        assertRefused(version, Optional.of("other"), "is the model 'demo', not 'other'");
        assertRefused(root.resolve("demo"), Optional.of("other"), "is the model 'demo', not 'other'");
    }

    @Test
    void resolve_emptyDirectory_isRefused() {
        assertRefused(root, Optional.empty(), "contains no published model");
        assertRefused(root.resolve("missing"), Optional.empty(), "no such directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../demo", "/etc", "", "..", "a/b", "20200101\n20200102", "\0"})
    void resolve_currentThatLeavesItsDirectory_isRefused(String current) throws IOException {
        publish("demo");
        Files.writeString(root.resolve("demo/current"), current);

        assertRefused(root, Optional.empty(), "does not contain the name of a version");
    }

    @Test
    void resolve_longCurrent_isRefused() throws IOException {
        publish("demo");
        Files.writeString(root.resolve("demo/current"), "a".repeat(1000));

        assertRefused(root, Optional.empty(), "is longer than the name of a version");
    }

    @Test
    void resolve_currentOfAMissingVersion_isRefused() throws IOException {
        publish("demo");
        Files.writeString(root.resolve("demo/current"), "20200101-000000-00000000");

        assertRefused(root, Optional.empty(), "names the version 20200101-000000-00000000, which does not exist");
    }

    @Test
    void resolve_versionThatIsALinkToOutside_isRefused() throws IOException {
        Path elsewhere = publish("elsewhere");
        publish("demo");
        Files.createSymbolicLink(root.resolve("demo/link"), elsewhere);
        Files.writeString(root.resolve("demo/current"), "link");

        assertRefused(root.resolve("demo"), Optional.empty(), "links to a place outside its directory");
    }

    private Path publish(String name) {
        return new ArtifactStore(root).publish(Drafts.named(name));
    }

    private static void assertRefused(Path directory, Optional<String> name, String reason) {
        assertThatThrownBy(() -> ArtifactLocator.resolve(directory, name))
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining(reason);
    }
}

package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DirectoryRepositoryTest extends ArtifactRepositoryContract {

    @Override
    ArtifactRepository repository(Optional<String> name) {
        return ArtifactRepository.in(root(), name);
    }

    private Path root() {
        return directory.resolve("published");
    }

    @Override
    void publish(Path root) {}

    @Override
    void write(String path, String text) throws IOException {
        Files.write(root().resolve(path), bytes(text));
    }

    @Override
    void delete(String path) throws IOException {
        Files.delete(root().resolve(path));
    }

    @Test
    void fetch_ofAnotherModel_isRefused() throws IOException {
        String version = published("demo").getFirst();

        for (Path place : List.of(root().resolve("demo"), root().resolve("demo").resolve(version))) {
            ArtifactRepository repository = ArtifactRepository.in(place, Optional.of("films"));
            assertThatThrownBy(() -> repository.fetch(version))
                    .isInstanceOf(InvalidArtifactException.class)
                    .hasMessageContaining("is the model 'demo', not 'films'");
        }
    }

    @Test
    void fetch_versionThatCannotBeLookedAt_isNotMissing() throws IOException {
        published("demo");
        Path looped = root().resolve("demo/looped");
        Files.createSymbolicLink(looped, looped);
        ArtifactRepository repository = repository(Optional.empty());

        assertThatThrownBy(() -> repository.fetch("looped")).isInstanceOf(UncheckedIOException.class);
        assertThatThrownBy(() -> repository.fingerprint("looped")).isInstanceOf(UncheckedIOException.class);
    }
}

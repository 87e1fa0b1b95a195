package io.diffmm.artifacts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

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
}

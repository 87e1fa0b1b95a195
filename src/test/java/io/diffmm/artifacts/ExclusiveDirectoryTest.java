package io.diffmm.artifacts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExclusiveDirectoryTest {

    @TempDir
    private Path root;

    @Test
    void create_isForItsOwnerOnly_alsoIfItExists() throws IOException {
        Path fresh = root.resolve("a/b");
        Path open = Files.createDirectory(root.resolve("open"));
        Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));

        ExclusiveDirectory.create(fresh);
        ExclusiveDirectory.create(open);

        assertThat(permissions(fresh)).isEqualTo("rwx------");
        assertThat(permissions(open)).isEqualTo("rwx------");
        assertThat(fresh).isEmptyDirectory();
    }

    private static String permissions(Path directory) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
    }

    @Test
    void create_ofAnotherUser_isRefused() throws IOException {
        Path theirs = Files.createDirectory(root.resolve("theirs"));
        assumeTrue(Files.getAttribute(theirs, "unix:uid").equals(0), "only root can give a directory away");
        Files.setAttribute(theirs, "unix:uid", 12345);

        assertThatThrownBy(() -> ExclusiveDirectory.create(theirs))
                .isInstanceOf(IOException.class)
                .hasMessage("%s belongs to 12345; name another directory for copies", theirs);
    }

    @Test
    void create_link_isRefused() throws IOException {
        Path link = Files.createSymbolicLink(root.resolve("link"), Files.createDirectory(root.resolve("target")));

        assertThatThrownBy(() -> ExclusiveDirectory.claim(link))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("is a link");
    }

    @Test
    void claim_usedDirectory_takesTheNext_untilItIsClosed() throws IOException {
        Path preferred = root.resolve("copies");
        ExclusiveDirectory first = ExclusiveDirectory.claim(preferred);
        ExclusiveDirectory second = ExclusiveDirectory.claim(preferred);

        assertThat(first.path()).isEqualTo(preferred);
        assertThat(second.path()).isEqualTo(root.resolve("copies-2"));

        first.close();
        try (ExclusiveDirectory third = ExclusiveDirectory.claim(preferred)) {
            assertThat(third.path()).isEqualTo(preferred);
        }
        second.close();
    }
}

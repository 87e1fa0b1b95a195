package io.diffmm.artifacts;

import io.diffmm.artifacts.ArtifactDraft.ArtifactFileWriter;
import io.diffmm.artifacts.ArtifactDraft.MemberDraft;
import io.diffmm.artifacts.Manifest.FileEntry;
import io.diffmm.artifacts.Manifest.MemberEntry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;

/// Publisher into a directory of models.
///
/// Publication is atomic: a version is written and verified in a staging directory, renamed, and only then made
/// `current`. A reader never finds an incomplete version, even if the publisher is killed.
public final class ArtifactStore {

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(60);
    private static final DateTimeFormatter VERSION_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Path root;
    private final Clock clock;
    private final Duration lockTimeout;

    /// Creates a store in `root`; the first publication creates the directory.
    public ArtifactStore(Path root) {
        this(root, Clock.systemUTC(), LOCK_TIMEOUT);
    }

    ArtifactStore(Path root, Clock clock, Duration lockTimeout) {
        this.root = root;
        this.clock = clock;
        this.lockTimeout = lockTimeout;
    }

    /// Publishes `draft` and makes it current.
    ///
    /// @return the directory of the new version
    /// @throws UncheckedIOException if a file cannot be written; the current version stays the same
    /// @throws IllegalStateException if another publisher holds the lock of the model's directory
    public Path publish(ArtifactDraft draft) {
        return locked(draft, model -> {
            Path published = write(model, model, draft);
            FileOperations.replace(
                    model.resolve(ArtifactNames.CURRENT),
                    published.getFileName().toString() + '\n');
            return published;
        });
    }

    /// Stores `draft` beside the published versions in `unpublished`, where servers do not search.
    ///
    /// @return the directory of the stored version
    /// @throws UncheckedIOException if a file cannot be written
    /// @throws IllegalStateException if another publisher holds the lock of the model's directory
    public Path keepUnpublished(ArtifactDraft draft) {
        return locked(draft, model -> {
            Path unpublished = model.resolve(ArtifactNames.UNPUBLISHED);
            Files.createDirectories(unpublished);
            return write(model, unpublished, draft);
        });
    }

    private Path locked(ArtifactDraft draft, Publication publication) {
        Path model = root.resolve(draft.name());
        try {
            Files.createDirectories(model);
            try (var _ = PublisherLock.acquire(model.resolve(ArtifactNames.LOCK), lockTimeout)) {
                removeLeftovers(model);
                return publication.into(model);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot publish into %s: %s".formatted(model, e.getMessage()), e);
        }
    }

    /// Writes and verifies a version, and moves it to its place in `target`.
    private Path write(Path model, Path target, ArtifactDraft draft) throws IOException {
        Instant created = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Path staging = model.resolve(ArtifactNames.STAGING + VERSION_TIME.format(created));
        try {
            Files.createDirectory(staging);
            Map<String, FileEntry> files = writeFiles(staging, draft);
            String version = freeVersion(target, created, files);
            manifest(draft, version, created, files).write(staging);
            FileOperations.forceAll(staging);
            ArtifactReader.open(staging);
            Path published = target.resolve(version);
            FileOperations.move(staging, published);
            return published;
        } catch (IOException | RuntimeException | Error e) {
            removeAfter(e, staging);
            throw e;
        }
    }

    private static Map<String, FileEntry> writeFiles(Path staging, ArtifactDraft draft) throws IOException {
        ContentsFiles.write(staging, draft.contents());
        if (draft.model().links().isPresent()) {
            draft.model().links().get().write(staging.resolve(ArtifactNames.LINKS));
        }
        List<MemberDraft> members = draft.model().members();
        List<String> weights =
                ArtifactNames.weights(members.stream().map(MemberDraft::family).toList());
        for (int at = 0; at < weights.size(); at++) {
            members.get(at).weights().write(staging.resolve(weights.get(at)));
        }
        for (Map.Entry<String, ArtifactFileWriter> file : draft.furtherFiles().entrySet()) {
            file.getValue().write(staging.resolve(file.getKey()));
        }
        Map<String, FileEntry> files = new TreeMap<>();
        for (Path file : FileOperations.children(staging)) {
            files.put(file.getFileName().toString(), FileEntry.of(file));
        }
        return files;
    }

    /// Returns a new name from time and digest, with a number if the same content was published in the same second.
    private static String freeVersion(Path model, Instant created, Map<String, FileEntry> files) {
        String version = VERSION_TIME.format(created) + '-' + digest(files).substring(0, 8);
        String free = version;
        for (int number = 2; Files.exists(model.resolve(free)); number++) {
            free = version + '-' + number;
        }
        return free;
    }

    /// Returns one digest of the names and digests of all files, in the order of the names.
    private static String digest(Map<String, FileEntry> files) {
        return DigestUtils.sha256Hex(new TreeMap<>(files)
                .entrySet().stream()
                        .map(file -> file.getKey() + ' ' + file.getValue().sha256() + '\n')
                        .collect(Collectors.joining()));
    }

    private static Manifest manifest(
            ArtifactDraft draft, String version, Instant created, Map<String, FileEntry> files) {
        List<MemberEntry> members = draft.model().others().stream()
                .map(member -> new MemberEntry(member.family(), member.settings(), member.seed()))
                .toList();
        return new Manifest(
                Manifest.formatFor(
                        draft.model().first().family(), members, draft.model().blend()),
                draft.name(),
                version,
                draft.model().first().family(),
                created,
                draft.model().first().settings(),
                draft.model().first().seed(),
                members,
                draft.model().blend(),
                draft.dataset(),
                draft.metrics(),
                draft.gate(),
                files);
    }

    /// Removes staging directories of killed publishers; the lock excludes running ones.
    private static void removeLeftovers(Path model) throws IOException {
        for (Path child : FileOperations.children(model)) {
            if (child.getFileName().toString().startsWith(ArtifactNames.STAGING)) {
                FileOperations.deleteTree(child);
            }
        }
    }

    private static void removeAfter(Throwable failure, Path staging) {
        try {
            FileOperations.deleteTree(staging);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /// Work in a model's directory under its lock.
    @FunctionalInterface
    private interface Publication {
        Path into(Path model) throws IOException;
    }
}

package io.diffmm.artifacts;

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

/// A directory of published models.
///
/// Publishing is all or nothing: an artifact is written and verified in a staging directory, renamed to its version,
/// and only then made `current`. A reader never sees half of one, whatever happens to the publisher.
public final class ArtifactStore {

    static final String STAGING = ".staging-";
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(60);
    private static final DateTimeFormatter VERSION_TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final Path root;
    private final Clock clock;
    private final Duration lockTimeout;

    /// A store in `root`, which is created when something is published.
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
    /// @throws UncheckedIOException if a file cannot be written; what was current stays current
    /// @throws IllegalStateException if another publisher keeps the model's directory locked
    public Path publish(ArtifactDraft draft) {
        return locked(draft, model -> {
            Path published = write(model, model, draft);
            DurableFiles.replace(
                    model.resolve(ArtifactFiles.CURRENT),
                    published.getFileName().toString() + '\n');
            return published;
        });
    }

    /// Keeps `draft` beside the published versions, in `unpublished`, where no server finds it by itself.
    ///
    /// @return the directory of the version that it would have been
    /// @throws UncheckedIOException if a file cannot be written
    /// @throws IllegalStateException if another publisher keeps the model's directory locked
    public Path keepUnpublished(ArtifactDraft draft) {
        return locked(draft, model -> {
            Path unpublished = model.resolve(ArtifactFiles.UNPUBLISHED);
            Files.createDirectories(unpublished);
            return write(model, unpublished, draft);
        });
    }

    private Path locked(ArtifactDraft draft, Work work) {
        Path model = root.resolve(draft.name());
        try {
            Files.createDirectories(model);
            try (var _ = PublisherLock.acquire(model.resolve(".lock"), lockTimeout)) {
                removeLeftovers(model);
                return work.in(model);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot publish into %s: %s".formatted(model, e.getMessage()), e);
        }
    }

    /// Writes and verifies a version, and moves it to its place in `target`.
    private Path write(Path model, Path target, ArtifactDraft draft) throws IOException {
        Instant created = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Path staging = model.resolve(STAGING + VERSION_TIME.format(created));
        try {
            Files.createDirectory(staging);
            Map<String, FileEntry> files = writeFiles(staging, draft);
            String version = freeVersion(target, created, files);
            ManifestFile.write(staging, manifest(draft, version, created, files));
            DurableFiles.forceAll(staging);
            ArtifactReader.open(staging);
            Path published = target.resolve(version);
            DurableFiles.move(staging, published);
            return published;
        } catch (IOException | RuntimeException | Error e) {
            removeAfter(e, staging);
            throw e;
        }
    }

    private static Map<String, FileEntry> writeFiles(Path staging, ArtifactDraft draft) throws IOException {
        ContentsFiles.write(staging, draft.contents());
        if (draft.model().links().isPresent()) {
            draft.model().links().get().write(staging.resolve(ArtifactFiles.LINKS));
        }
        draft.model().first().weights().write(staging.resolve(ArtifactFiles.WEIGHTS));
        for (MemberDraft member : draft.model().others()) {
            member.weights().write(staging.resolve(ArtifactFiles.weights(member.family())));
        }
        for (Map.Entry<String, ArtifactFileWriter> file : draft.furtherFiles().entrySet()) {
            file.getValue().write(staging.resolve(file.getKey()));
        }
        Map<String, FileEntry> files = new TreeMap<>();
        for (Path file : DurableFiles.children(staging)) {
            files.put(file.getFileName().toString(), Digests.describe(file));
        }
        return files;
    }

    /// Time and digest; the same content published twice within a second gets a number too.
    private static String freeVersion(Path model, Instant created, Map<String, FileEntry> files) {
        String version =
                VERSION_TIME.format(created) + '-' + Digests.ofAll(files).substring(0, 8);
        String free = version;
        for (int number = 2; Files.exists(model.resolve(free)); number++) {
            free = version + '-' + number;
        }
        return free;
    }

    private static Manifest manifest(
            ArtifactDraft draft, String version, Instant created, Map<String, FileEntry> files) {
        List<MemberEntry> members = draft.model().others().stream()
                .map(member -> new MemberEntry(member.family(), member.settings()))
                .toList();
        return new Manifest(
                Manifest.formatFor(members),
                draft.name(),
                version,
                draft.model().first().family(),
                created,
                draft.model().first().settings(),
                members,
                draft.model().blend(),
                draft.dataset(),
                draft.metrics(),
                draft.gate(),
                files);
    }

    /// Of publishers that were killed; none is at work now, since the lock is held.
    private static void removeLeftovers(Path model) throws IOException {
        for (Path child : DurableFiles.children(model)) {
            if (child.getFileName().toString().startsWith(STAGING)) {
                DurableFiles.deleteTree(child);
            }
        }
    }

    private static void removeAfter(Throwable failure, Path staging) {
        try {
            DurableFiles.deleteTree(staging);
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    /// What is done in a model's directory while nobody else is at work there.
    @FunctionalInterface
    private interface Work {
        Path in(Path model) throws IOException;
    }
}

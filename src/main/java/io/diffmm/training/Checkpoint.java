package io.diffmm.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.safetensors.Tensors;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// What an interrupted run needs to go on: the state after its last finished epoch, and the best epoch's weights.
///
/// Lies in `<artifacts>/<name>/.checkpoint` until the run has published. Each epoch's state is a file of its own,
/// named in `checkpoint.json`, which is replaced atomically; so a run that is killed at any point leaves a whole
/// checkpoint.
final class Checkpoint {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path model;
    private final Path directory;

    /// The checkpoint of the model that is published in the directory `model`.
    Checkpoint(Path model) {
        this.model = model;
        this.directory = model.resolve(".checkpoint");
    }

    /// What was trained how far.
    ///
    /// @param identity what must be the same for a run to go on from here: data, family, settings, seed
    /// @param state the file with the arrays of the last finished epoch
    /// @param best the file with the best epoch's weights; absent before the first epoch
    record Progress(
            Map<String, Object> identity,
            List<Epoch> curve,
            int bestEpoch,
            double bestScore,
            String state,
            Optional<String> best) {}

    /// The checkpoint that is there.
    ///
    /// @throws IllegalArgumentException if it cannot be read, or is of another run
    Optional<Progress> read(Map<String, Object> identity) {
        Path file = directory.resolve("checkpoint.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Progress progress;
        try {
            progress = MAPPER.readValue(file, Progress.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "%s cannot be read; train without --resume to start again".formatted(file), e);
        }
        requireSame(identity, progress.identity());
        return Optional.of(progress);
    }

    private void requireSame(Map<String, Object> wanted, Map<String, Object> found) {
        for (Map.Entry<String, Object> entry : wanted.entrySet()) {
            String now = MAPPER.writeValueAsString(entry.getValue());
            String then = MAPPER.writeValueAsString(found.get(entry.getKey()));
            if (!now.equals(then)) {
                throw new IllegalArgumentException(
                        "%s is of another run: its %s is %s, not %s; use the same, or train without --resume"
                                .formatted(directory, entry.getKey(), then, now));
            }
        }
    }

    /// Reads the arrays of a state.
    NDList readState(Progress progress, NDManager manager) {
        try {
            return Tensors.read(directory.resolve(progress.state()), manager);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the checkpoint in %s is damaged: %s; train without --resume".formatted(directory, e.getMessage()),
                    e);
        }
    }

    /// Where weights of an epoch are to be written.
    Path weightsOf(int epoch) throws IOException {
        Files.createDirectories(directory);
        return directory.resolve("best-%d.safetensors".formatted(epoch));
    }

    /// Where the linear view is to be written.
    Path links() {
        return directory.resolve("links.safetensors");
    }

    /// Replaces the checkpoint.
    void write(Map<String, Object> identity, List<Epoch> curve, EarlyStopping stopping, NDList state)
            throws IOException {
        Files.createDirectories(directory);
        String stateFile = "state-%d.safetensors".formatted(curve.size());
        Optional<String> best =
                Optional.of(stopping.bestEpoch()).filter(epoch -> epoch > 0).map("best-%d.safetensors"::formatted);
        Tensors.write(directory.resolve(stateFile), state);
        Path beside = directory.resolve("checkpoint.json.new");
        double score = best.isPresent() ? stopping.bestScore() : 0;
        MAPPER.writeValue(beside, new Progress(identity, curve, stopping.bestEpoch(), score, stateFile, best));
        Files.move(
                beside,
                directory.resolve("checkpoint.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        removeOthers(stateFile, best.orElse(stateFile));
    }

    private void removeOthers(String state, String best) throws IOException {
        List<String> kept = List.of("checkpoint.json", state, best);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (!kept.contains(String.valueOf(file.getFileName()))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /// Keeps other runs away from this checkpoint until it is closed.
    ///
    /// @throws IllegalStateException if another run is at work here
    Closeable lock() throws IOException {
        Files.createDirectories(model);
        FileChannel channel =
                FileChannel.open(model.resolve(".training.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(channel)) {
            channel.close();
            throw new IllegalStateException(
                    "another run is training %s; wait for it, or publish under another --name".formatted(model));
        }
        return channel;
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false; // by this very process
        }
    }

    /// Moves a checkpoint that is there aside, in place of one that was moved before.
    ///
    /// @return where it is now, if there was one
    Optional<Path> setAside() throws IOException {
        if (!Files.exists(directory.resolve("checkpoint.json"))) {
            deleteTree(directory);
            return Optional.empty();
        }
        deleteTree(aside());
        Files.move(directory, aside());
        return Optional.of(aside());
    }

    private Path aside() {
        return model.resolve(".checkpoint.old");
    }

    /// Removes the checkpoint, and one that was set aside, after publishing.
    void delete() throws IOException {
        deleteTree(directory);
        deleteTree(aside());
    }

    private static void deleteTree(Path tree) throws IOException {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}

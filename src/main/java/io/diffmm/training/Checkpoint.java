package io.diffmm.training;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.safetensors.Tensors;
import io.diffmm.training.TrainingLoop.EarlyStopping;
import io.diffmm.training.TrainingLoop.Epoch;
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

/// Checkpoint of a run: the state after the last finished epoch, and the weights of the best epoch.
///
/// It is stored in `<artifacts>/<name>/.checkpoint` until the run has published. The state of each epoch is a separate
/// file named in `checkpoint.json`, which is replaced atomically, so a run that is killed at any point leaves a
/// complete checkpoint.
final class Checkpoint {

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Path model;
    private final Path directory;

    /// Creates the checkpoint of a model.
    ///
    /// @param model directory with the versions of the model
    Checkpoint(Path model) {
        this(model, model.resolve(".checkpoint"));
    }

    private Checkpoint(Path model, Path directory) {
        this.model = model;
        this.directory = directory;
    }

    /// Returns the checkpoint of one of the models that a run trains with different seeds. The first one is this
    /// checkpoint; the others are directories in it.
    ///
    /// @param number number of the model, from 1
    Checkpoint member(int number) {
        return number == 1 ? this : new Checkpoint(model, directory.resolve("seed-" + number));
    }

    /// Content of `checkpoint.json`.
    ///
    /// @param identity properties that must be equal for a run to resume: data, family, settings, seed
    /// @param state file with the arrays of the last finished epoch
    /// @param best file with the weights of the best epoch; absent before the first epoch
    record Snapshot(
            Map<String, Object> identity,
            List<Epoch> curve,
            int bestEpoch,
            double bestScore,
            String state,
            Optional<String> best) {}

    /// Reads the checkpoint; empty if there is none.
    ///
    /// @throws IllegalArgumentException if it cannot be read, or belongs to another run
    Optional<Snapshot> read(Map<String, Object> identity) {
        Path file = directory.resolve("checkpoint.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        Snapshot snapshot;
        try {
            snapshot = MAPPER.readValue(file, Snapshot.class);
        } catch (JacksonException e) {
            throw new IllegalArgumentException(
                    "checkpoint %s cannot be read; train without --resume to start from the beginning".formatted(file),
                    e);
        }
        requireSame(identity, snapshot.identity());
        return Optional.of(snapshot);
    }

    private void requireSame(Map<String, Object> expected, Map<String, Object> actual) {
        for (Map.Entry<String, Object> entry : expected.entrySet()) {
            String required = MAPPER.writeValueAsString(entry.getValue());
            String found = MAPPER.writeValueAsString(actual.get(entry.getKey()));
            if (!required.equals(found)) {
                throw new IllegalArgumentException(
                        "checkpoint %s belongs to another run: its %s is %s, not %s; use the same value, or train without --resume"
                                .formatted(directory, entry.getKey(), found, required));
            }
        }
    }

    /// Reads the arrays of a state.
    NDList readState(Snapshot snapshot, NDManager manager) {
        try {
            return Tensors.read(directory.resolve(snapshot.state()), manager);
        } catch (IOException | IllegalArgumentException e) {
            throw new IllegalStateException(
                    "the checkpoint in %s is damaged: %s; train without --resume".formatted(directory, e.getMessage()),
                    e);
        }
    }

    /// Returns the file for the weights of an epoch.
    Path weights(int epoch) throws IOException {
        Files.createDirectories(directory);
        return directory.resolve("best-%d.safetensors".formatted(epoch));
    }

    /// Returns the file for the links of the linear view.
    Path links() {
        return directory.resolve("links.safetensors");
    }

    /// Returns the file for the links of the linear view that is fitted to the data of a fold.
    Path links(int fold) {
        return directory.resolve("links-fold-%d.safetensors".formatted(fold));
    }

    /// Returns the file for the weights of a model that is trained on the data of a fold.
    ///
    /// @param model number of the model
    Path fold(int model) {
        return directory.resolve("fold-%d.safetensors".formatted(model));
    }

    /// Replaces the checkpoint.
    void write(Map<String, Object> identity, List<Epoch> curve, EarlyStopping stopping, NDList state)
            throws IOException {
        Files.createDirectories(directory);
        String stateFile = "state-%d.safetensors".formatted(curve.size());
        Optional<String> best =
                Optional.of(stopping.bestEpoch()).filter(epoch -> epoch > 0).map("best-%d.safetensors"::formatted);
        Tensors.write(directory.resolve(stateFile), state);
        Path replacement = directory.resolve("checkpoint.json.new");
        double score = best.isPresent() ? stopping.bestScore() : 0;
        MAPPER.writeValue(replacement, new Snapshot(identity, curve, stopping.bestEpoch(), score, stateFile, best));
        Files.move(
                replacement,
                directory.resolve("checkpoint.json"),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
        removeOthers(stateFile, best.orElse(stateFile));
    }

    private void removeOthers(String state, String best) throws IOException {
        List<String> kept = List.of("checkpoint.json", state, best);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                if (Files.isRegularFile(file) && !kept.contains(String.valueOf(file.getFileName()))) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    /// Locks the model against other training runs until the result is closed.
    ///
    /// @throws IllegalStateException if another run holds the lock
    Closeable lock() throws IOException {
        Files.createDirectories(model);
        FileChannel channel =
                FileChannel.open(model.resolve(".training.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!locked(channel)) {
            channel.close();
            throw new IllegalStateException(
                    "another run is training %s; wait until it ends, or publish under another --name".formatted(model));
        }
        return channel;
    }

    private static boolean locked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException _) {
            return false; // held by this process
        }
    }

    /// Moves an existing checkpoint to `.checkpoint.old`, and replaces an earlier one there.
    ///
    /// @return new directory of the checkpoint; empty if there was none
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

    /// Deletes the checkpoint and the one in `.checkpoint.old`.
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

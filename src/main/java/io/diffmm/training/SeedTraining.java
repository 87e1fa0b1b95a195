package io.diffmm.training;

import io.diffmm.model.blend.ModelFiles;
import io.diffmm.training.Checkpoint.Snapshot;
import io.diffmm.training.ModelAssembler.TrainedMember;
import io.diffmm.training.TrainingLoop.Result;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Training of a job's model with each of its seeds, one after the other.
///
/// Each seed has a checkpoint of its own until the model is published. A resumed job skips the seeds that
/// are finished, and continues with the epoch after the last checkpoint of the others.
final class SeedTraining {

    private final TrainingContext context;
    private final TrainingRequest request;
    private final JobSettings settings;

    SeedTraining(TrainingContext context, JobSettings settings) {
        this.context = context;
        this.request = context.request();
        this.settings = settings;
    }

    /// Model trained with one seed.
    record TrainedSeed(long seed, Result result) {

        /// Returns the model with the weights of its best epoch.
        TrainedMember member() {
            return new TrainedMember(seed, result.best().number(), result.weights());
        }

        /// Returns true if a joined model contains this one.
        boolean isIn(ModelFiles files) {
            return files.members().stream().anyMatch(member -> member.weights().equals(result.weights()));
        }
    }

    /// Trains all seeds.
    ///
    /// @param first run of the first seed; it is closed
    /// @return one model for each seed, in order
    List<TrainedSeed> train(TrainingRun first) throws IOException {
        List<TrainedSeed> trained = new ArrayList<>();
        try (first) {
            if (!request.resume()) {
                setAside();
            }
            trained.add(train(1, () -> first));
        }
        for (int number = 2; number <= request.seeds(); number++) {
            long seed = seed(number);
            trained.add(train(number, () -> settings.open(context.dataset(), seed, context.manager())));
        }
        return List.copyOf(trained);
    }

    private void setAside() throws IOException {
        context.checkpoint()
                .setAside()
                .ifPresent(aside -> context.out()
                        .println("an earlier run did not publish; its checkpoint is kept in %s until this run publishes"
                                .formatted(aside)));
    }

    /// @param number number of the seed, from 1
    private TrainedSeed train(int number, Supplier<TrainingRun> opening) throws IOException {
        String label = label(number);
        String stage = label.isEmpty() ? "train" : "train " + label;
        return context.stages().time(stage, () -> new TrainedSeed(seed(number), result(number, label, opening)));
    }

    private Result result(int number, String label, Supplier<TrainingRun> opening) throws IOException {
        Checkpoint checkpoint = context.checkpoint().member(number);
        Map<String, Object> identity = identity(seed(number));
        Optional<Snapshot> from = request.resume() ? checkpoint.read(identity) : Optional.empty();
        if (request.resume()) {
            describe(number, from).ifPresent(line -> context.out().println(prefixed(label, line)));
        }
        if (from.isPresent()) {
            Optional<Result> finished = TrainingLoop.finished(checkpoint, from.get(), settings.schedule());
            if (finished.isPresent()) {
                return finished.get();
            }
        }
        try (TrainingRun run = opening.get()) {
            return new TrainingLoop(run, checkpoint, identity, context.manager(), context.validation()::measure)
                    .train(settings.schedule(), from, _ -> false, finished -> progress(label, run, finished));
        }
    }

    private ProgressReporter progress(String label, TrainingRun run, int finished) {
        return new ProgressReporter(
                label,
                context.out(),
                context.stop()::requested,
                context.terminal(),
                run::steps,
                settings.schedule().epochs(),
                finished);
    }

    private static Optional<String> describe(int number, Optional<Snapshot> from) {
        return from.map(snapshot -> "resuming after epoch " + snapshot.curve().size())
                .or(() -> number == 1
                        ? Optional.of("there is no checkpoint; starting at the beginning")
                        : Optional.empty());
    }

    private long seed(int number) {
        return request.seed() + number - 1;
    }

    /// Returns the name of a seed in output; empty if there is only one.
    private String label(int number) {
        return request.seeds() == 1 ? "" : "seed %d of %d".formatted(number, request.seeds());
    }

    private static String prefixed(String label, String line) {
        return label.isEmpty() ? line : label + "  " + line;
    }

    /// Returns the properties that `--resume` requires to be equal; the numbers of epochs and of seeds
    /// may differ.
    private Map<String, Object> identity(long seed) {
        Map<String, Object> identity = new LinkedHashMap<>();
        identity.put("model", request.family());
        identity.put("dataset", context.dataset().fingerprint());
        identity.put("seed", seed);
        identity.put("settings", settings.withEpochs(1).family());
        return identity;
    }
}

package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.training.search.Draw;
import io.diffmm.training.search.Draws;
import io.diffmm.training.search.SearchFiles;
import io.diffmm.training.search.SearchRecord;
import io.diffmm.training.search.SearchSpace;
import io.diffmm.training.search.TimeBound;
import io.diffmm.training.search.Trial;
import io.diffmm.training.search.Trials;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// Looks for better settings on `valid`: a random search within a bound of time, whose first trial is the settings as
/// given.
///
/// After each trial `search.json` and `search.yaml` are replaced, so a search that is stopped leaves what it found.
final class SettingsSearch {

    private final TrainingRequest request;
    private final TrainerFamily family;
    private final Dataset dataset;
    private final Validation validation;
    private final PrintStream out;
    private final StopSignal stop;
    private final boolean terminal;
    private final SearchFiles files;
    private final Trials trials = new Trials();
    private Optional<JobSettings> best = Optional.empty();

    SettingsSearch(
            TrainingRequest request,
            TrainerFamily family,
            Dataset dataset,
            Validation validation,
            PrintStream out,
            StopSignal stop,
            boolean terminal) {
        this.request = request;
        this.family = family;
        this.dataset = dataset;
        this.validation = validation;
        this.out = out;
        this.stop = stop;
        this.terminal = terminal;
        this.files = new SearchFiles(directory());
    }

    private Path directory() {
        return request.artifacts().resolve(request.modelName());
    }

    /// The best settings found.
    ///
    /// @throws TrainingStoppedException if the stop signal came
    /// @throws IllegalStateException if no trial came to a score
    JobSettings search(SearchSpace space, Duration time, NDManager manager) throws IOException {
        TimeBound bound = new TimeBound(time, System::nanoTime);
        Path scratch = directory().resolve(".search");
        Checkpoint checkpoint = new Checkpoint(scratch);
        TrialTraining training = new TrialTraining(request, family, dataset, validation, checkpoint, stop, terminal);
        Draws draws = new Draws(space, request.seed());
        try {
            Optional<Draw> next = draws.next();
            while (next.isPresent() && (trials.all().isEmpty() || bound.fits(trials.medianSeconds()))) {
                add(trial(training, next.get(), bound, manager), next.get(), time);
                next = draws.next();
            }
        } finally {
            checkpoint.delete();
            Files.deleteIfExists(scratch);
        }
        return conclude();
    }

    private Trial trial(TrialTraining training, Draw draw, TimeBound bound, NDManager manager) throws IOException {
        try {
            return training.train(draw, trials, bound, manager);
        } catch (TrainingStoppedException _) {
            throw new TrainingStoppedException("the search was stopped after %d trials; what they found is in %s"
                    .formatted(trials.all().size(), directory()));
        }
    }

    private void add(Trial trial, Draw draw, Duration time) throws IOException {
        trials.add(trial);
        if (trials.best().equals(Optional.of(trial))) {
            best = Optional.of(JobSettings.of(draw.settings(), request.epochs(), family));
        }
        files.write(
                new SearchRecord(
                        SearchRecord.FORMAT_VERSION,
                        dataset.fingerprint(),
                        request.seed(),
                        time.toMillis() / 1e3,
                        trials.best().map(Trial::number),
                        trials.all()),
                best.map(JobSettings::tree));
        out.println(trial.line());
    }

    private JobSettings conclude() {
        Trial found = trials.best()
                .orElseThrow(() -> new IllegalStateException("none of %d trials came to a score; %s says why"
                        .formatted(trials.all().size(), files.trials())));
        out.println(String.format(
                Locale.ROOT,
                "best of %d trials is trial %d, valid ndcg@20 %.4f; its settings are in %s",
                trials.all().size(),
                found.number(),
                found.score().orElseThrow(),
                files.settings()));
        out.println("the more trials, the more of that figure is luck: measure on a test split, once, by evaluate");
        out.println(
                "training with them; if that is stopped, go on with --config %s --resume".formatted(files.settings()));
        return best.orElseThrow();
    }
}

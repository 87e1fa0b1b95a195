package io.diffmm.training;

import io.diffmm.training.search.Draw;
import io.diffmm.training.search.Draws;
import io.diffmm.training.search.SearchFiles;
import io.diffmm.training.search.SearchRecord;
import io.diffmm.training.search.SearchSpace;
import io.diffmm.training.search.TimeBound;
import io.diffmm.training.search.Trial;
import io.diffmm.training.search.Trials;
import java.io.IOException;
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

    private final Job job;
    private final SearchFiles files;
    private final Trials trials = new Trials();
    private Optional<JobSettings> best = Optional.empty();

    SettingsSearch(Job job) {
        this.job = job;
        this.files = new SearchFiles(directory());
    }

    private Path directory() {
        return job.request().artifacts().resolve(job.request().modelName());
    }

    /// The best settings found.
    ///
    /// @throws TrainingStoppedException if the stop signal came
    /// @throws IllegalStateException if no trial came to a score
    JobSettings search(SearchSpace space, Duration time) throws IOException {
        TimeBound bound = new TimeBound(time, System::nanoTime);
        Path scratch = directory().resolve(".search");
        Checkpoint checkpoint = new Checkpoint(scratch);
        TrialTraining training = new TrialTraining(job, checkpoint);
        Draws draws = new Draws(space, job.request().seed());
        try {
            Optional<Draw> next = draws.next();
            while (next.isPresent() && (trials.all().isEmpty() || bound.fits(trials.medianSeconds()))) {
                add(trial(training, next.get(), bound), next.get(), time);
                next = draws.next();
            }
        } finally {
            checkpoint.delete();
            Files.deleteIfExists(scratch);
        }
        return conclude();
    }

    private Trial trial(TrialTraining training, Draw draw, TimeBound bound) throws IOException {
        try {
            return training.train(draw, trials, bound);
        } catch (TrainingStoppedException _) {
            throw new TrainingStoppedException("the search was stopped after %d trials; what they found is in %s"
                    .formatted(trials.all().size(), directory()));
        }
    }

    private void add(Trial trial, Draw draw, Duration time) throws IOException {
        trials.add(trial);
        if (trials.best().equals(Optional.of(trial))) {
            best = Optional.of(JobSettings.of(draw.settings(), job.request().epochs(), job.family()));
        }
        files.write(
                new SearchRecord(
                        SearchRecord.FORMAT_VERSION,
                        job.dataset().fingerprint(),
                        job.request().seed(),
                        time.toMillis() / 1e3,
                        trials.best().map(Trial::number),
                        trials.all()),
                best.map(JobSettings::tree));
        job.out().println(trial.line());
    }

    private JobSettings conclude() {
        Trial found = trials.best()
                .orElseThrow(() -> new IllegalStateException("none of %d trials came to a score; %s says why"
                        .formatted(trials.all().size(), files.trials())));
        job.out()
                .println(String.format(
                        Locale.ROOT,
                        "best of %d trials is trial %d, valid ndcg@20 %.4f; its settings are in %s",
                        trials.all().size(),
                        found.number(),
                        found.score().orElseThrow(),
                        files.settings()));
        job.out()
                .println(
                        "the more trials, the more of that figure is luck: measure on a test split, once, by evaluate");
        job.out()
                .println("training with them; if that is stopped, go on with --config %s --resume"
                        .formatted(files.settings()));
        return best.orElseThrow();
    }
}

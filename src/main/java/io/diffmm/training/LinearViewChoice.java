package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.linear.ItemLinks;
import io.diffmm.training.linear.LinearCandidate;
import io.diffmm.training.linear.LinearCandidates;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;

/// Fits the linear view in every way there is, and keeps the one that ranks `valid` best.
final class LinearViewChoice {

    private final ViewSettings settings;
    private final Dataset dataset;
    private final Validation validation;
    private final StageClock clock;
    private final PrintStream out;

    LinearViewChoice(ViewSettings settings, Dataset dataset, Validation validation, StageClock clock, PrintStream out) {
        this.settings = settings;
        this.dataset = dataset;
        this.validation = validation;
        this.clock = clock;
        this.out = out;
    }

    /// Writes the best links to a file.
    ///
    /// @return how they were made, say `walk+visual`
    String fit(Path file, NDManager manager) throws IOException {
        String best = "";
        double reached = -1;
        int threads = Runtime.getRuntime().availableProcessors();
        for (LinearCandidate candidate : new LinearCandidates(dataset, settings.linear(), threads, manager).all()) {
            ItemLinks links = clock.time("fit " + candidate.name(), candidate.fit()::get);
            double ndcg = validation
                    .measure(new LinkRanker(links, validation.histories(), settings.recency(BlendedRecommender.LINEAR)))
                    .metrics()
                    .getOrDefault(Gate.METRIC, 0.0);
            out.println(String.format(Locale.ROOT, "linear view as %s: valid ndcg@20 %.4f", candidate.name(), ndcg));
            if (ndcg > reached) {
                best = candidate.name();
                reached = ndcg;
                links.write(file);
            }
        }
        return best;
    }
}

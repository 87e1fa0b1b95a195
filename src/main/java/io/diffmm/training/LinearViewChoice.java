package io.diffmm.training;

import io.diffmm.linear.ItemLinks;
import io.diffmm.linear.LinearSettings.LinearCandidate;
import io.diffmm.linear.LinearSettings.LinearCandidates;
import io.diffmm.model.blend.BlendedRecommender;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;

/// Fits the linear view in every way there is, and keeps the one that ranks `valid` best.
final class LinearViewChoice {

    private final Job job;
    private final ViewSettings settings;

    LinearViewChoice(Job job, ViewSettings settings) {
        this.job = job;
        this.settings = settings;
    }

    /// Writes the best links to a file.
    ///
    /// @return how they were made, say `walk+visual`
    String fit(Path file) throws IOException {
        String best = "";
        double reached = -1;
        int threads = Runtime.getRuntime().availableProcessors();
        for (LinearCandidate candidate :
                new LinearCandidates(job.dataset(), settings.linear(), threads, job.manager()).all()) {
            job.stop().check();
            ItemLinks links = job.clock().time("fit " + candidate.name(), candidate.fit()::get);
            double ndcg = job.validation()
                    .measure(new LinkRanker(
                            links, job.validation().histories(), settings.recency(BlendedRecommender.LINEAR)))
                    .metrics()
                    .getOrDefault(Gate.METRIC, 0.0);
            job.out()
                    .println(String.format(
                            Locale.ROOT, "linear view as %s: valid ndcg@20 %.4f", candidate.name(), ndcg));
            if (ndcg > reached) {
                best = candidate.name();
                reached = ndcg;
                links.write(file);
            }
        }
        return best;
    }
}

package io.diffmm.runtime;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/// Repeats the probes of the training job on a loaded model and compares the answers.
final class ProbeCheck {

    private static final Duration MAX_WAIT = Duration.ofMinutes(1);

    /// Tolerance of scores relative to the best score, since processors round differently.
    private static final double TOLERANCE = 1e-3;

    private final ArtifactContents contents;
    private final Function<RankingQuery, CompletableFuture<Ranking>> model;

    ProbeCheck(ArtifactContents contents, Function<RankingQuery, CompletableFuture<Ranking>> model) {
        this.contents = contents;
        this.model = model;
    }

    /// Repeats all probes.
    ///
    /// @throws InvalidArtifactException if an answer differs from the recorded one
    /// @throws IllegalStateException if the model fails or does not answer in time
    void run() {
        List<Probe> probes = contents.probes();
        for (int number = 0; number < probes.size(); number++) {
            Probe probe = probes.get(number);
            Ranking answer = answer(number, probe);
            if (!agrees(probe, answer)) {
                throw mismatch("the answer to probe %d is %s; the training job recorded the items %s with the scores %s"
                        .formatted(number, describe(answer), probe.items(), probe.scores()));
            }
        }
    }

    private Ranking answer(int number, Probe probe) {
        int[] history = probe.history().stream().mapToInt(this::item).toArray();
        var excluded = new BitSet();
        for (int item : history) {
            excluded.set(item);
        }
        OptionalInt user = probe.user().map(id -> user(number, id)).orElse(OptionalInt.empty());
        var query = new RankingQuery(
                new UserHistory(user, history), excluded, probe.items().size());
        return Tasks.result(model.apply(query), MAX_WAIT, "probe %d".formatted(number));
    }

    private int item(String id) {
        return contents.items().row(id).orElseThrow(() -> mismatch("a probe names the unknown item %s".formatted(id)));
    }

    private OptionalInt user(int number, String id) {
        OptionalInt user = contents.users().row(id);
        if (user.isEmpty()) {
            throw mismatch("the user of probe %d is unknown".formatted(number));
        }
        return user;
    }

    private static InvalidArtifactException mismatch(String reason) {
        return new InvalidArtifactException(Path.of("probes.json"), reason);
    }

    /// Compares the scores within the tolerance, and the items except those whose scores are equal within it.
    private boolean agrees(Probe probe, Ranking answer) {
        if (answer.size() != probe.items().size()) {
            return false;
        }
        double tolerance =
                TOLERANCE * probe.scores().stream().mapToDouble(Math::abs).max().orElse(0);
        for (int place = 0; place < answer.size(); place++) {
            float score = probe.scores().get(place);
            if (!(Math.abs(answer.score(place) - score) <= tolerance)
                    || !isAmong(answer, item(probe.items().get(place)), score, tolerance)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAmong(Ranking answer, int item, float score, double tolerance) {
        for (int place = 0; place < answer.size(); place++) {
            if (answer.row(place) == item) {
                return Math.abs(answer.score(place) - score) <= tolerance;
            }
        }
        return score - answer.score(answer.size() - 1) <= tolerance; // an item with an equal score took the last place
    }

    private String describe(Ranking answer) {
        StringBuilder text = new StringBuilder();
        for (int place = 0; place < answer.size(); place++) {
            text.append(
                    "%s %s, ".formatted(contents.items().item(answer.row(place)).id(), answer.score(place)));
        }
        return text.isEmpty() ? "empty" : text.substring(0, text.length() - 2);
    }
}

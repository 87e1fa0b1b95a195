package io.diffmm.runtime;

import io.diffmm.artifacts.ArtifactContents;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.artifacts.Probe;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/// Asks a model again what the training job asked of it, and compares the answers.
final class ProbeCheck {

    private static final Duration LONGEST = Duration.ofMinutes(1);

    /// Another processor rounds otherwise: this share of the best score is no difference.
    private static final double ROUNDING = 1e-3;

    private final ArtifactContents contents;
    private final Function<RankingQuery, CompletableFuture<Ranking>> model;

    ProbeCheck(ArtifactContents contents, Function<RankingQuery, CompletableFuture<Ranking>> model) {
        this.contents = contents;
        this.model = model;
    }

    /// Asks everything.
    ///
    /// @throws InvalidArtifactException if an answer is another one than the training job got
    /// @throws IllegalStateException if there is no answer
    void run() {
        List<Probe> probes = contents.probes();
        for (int number = 0; number < probes.size(); number++) {
            Probe probe = probes.get(number);
            Ranking answer = answer(number, probe);
            if (!agrees(probe, answer)) {
                throw differs("the answer to probe %d is %s; the training job got the items %s with the scores %s"
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
        try {
            return model.apply(query).get(LONGEST.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the model fails on a probe: " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("the model did not answer a probe within " + LONGEST, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a model was probed", e);
        }
    }

    private int item(String id) {
        return contents.items()
                .row(id)
                .orElseThrow(() -> differs("a probe names the item %s, which is unknown".formatted(id)));
    }

    private OptionalInt user(int number, String id) {
        OptionalInt user = contents.users().row(id);
        if (user.isEmpty()) {
            throw differs("the user of probe %d is unknown".formatted(number));
        }
        return user;
    }

    private static InvalidArtifactException differs(String reason) {
        return new InvalidArtifactException(Path.of("probes.json"), reason);
    }

    /// The same scores, and the same items but for those whose scores are as good as equal.
    private boolean agrees(Probe probe, Ranking answer) {
        if (answer.size() != probe.items().size()) {
            return false;
        }
        double difference =
                ROUNDING * probe.scores().stream().mapToDouble(Math::abs).max().orElse(0);
        for (int place = 0; place < answer.size(); place++) {
            float score = probe.scores().get(place);
            if (!(Math.abs(answer.score(place) - score) <= difference)
                    || !isAmong(answer, item(probe.items().get(place)), score, difference)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isAmong(Ranking answer, int item, float score, double difference) {
        for (int place = 0; place < answer.size(); place++) {
            if (answer.row(place) == item) {
                return Math.abs(answer.score(place) - score) <= difference;
            }
        }
        return score - answer.score(answer.size() - 1) <= difference; // another one took the last place
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

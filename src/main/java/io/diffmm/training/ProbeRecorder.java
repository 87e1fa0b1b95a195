package io.diffmm.training;

import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.model.RankingQuery;
import io.diffmm.model.Recommender;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Asks a model what a server will ask it again before it serves it.
final class ProbeRecorder {

    private static final int QUESTIONS = 8;
    private static final int ITEMS = 10;

    private ProbeRecorder() {}

    /// Questions of users from all over the dataset, and in turn of strangers with such a user's history.
    static List<Probe> record(Recommender model, Dataset dataset) {
        int users = dataset.users().size();
        int questions = Math.min(QUESTIONS, users);
        return IntStream.range(0, questions)
                .mapToObj(question ->
                        probe(model, dataset, (int) ((long) question * users / questions), question % 2 == 0))
                .toList();
    }

    private static Probe probe(Recommender model, Dataset dataset, int user, boolean known) {
        int[] history = dataset.train().row(user);
        BitSet excluded = new BitSet();
        Arrays.stream(history).forEach(excluded::set);
        var asked = new UserHistory(known ? OptionalInt.of(user) : OptionalInt.empty(), history);
        Ranking answer = model.recommend(List.of(new RankingQuery(asked, excluded, ITEMS)), new StageTimes())
                .getFirst();
        return new Probe(
                known ? Optional.of(dataset.users().id(user)) : Optional.empty(),
                ids(dataset.items(), history),
                ids(dataset.items(), answer.rows()),
                IntStream.range(0, answer.size()).mapToObj(answer::score).toList());
    }

    private static List<String> ids(ItemCatalogue items, int[] rows) {
        return Arrays.stream(rows).mapToObj(row -> items.item(row).id()).toList();
    }
}

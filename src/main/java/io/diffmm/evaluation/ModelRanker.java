package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOutUser;
import io.diffmm.model.Recommender;
import io.diffmm.model.UserHistory;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/// A model as serving uses it: somebody without a history gets the popular items.
public final class ModelRanker implements Ranker {

    private final Recommender model;
    private final Function<HeldOutUser, int[]> histories;
    private final Popularity popularity;

    /// A ranker by `model`.
    ///
    /// @param histories what each user interacted with before, oldest first
    public ModelRanker(Recommender model, Function<HeldOutUser, int[]> histories, Popularity popularity) {
        this.model = model;
        this.histories = histories;
        this.popularity = popularity;
    }

    @Override
    public List<float[]> score(List<HeldOutUser> users) {
        List<UserHistory> known = users.stream()
                .map(user -> new UserHistory(user.row(), histories.apply(user)))
                .filter(history -> history.items().length > 0)
                .toList();
        Iterator<float[]> scores = known.isEmpty()
                ? List.<float[]>of().iterator()
                : model.score(known).iterator();
        List<float[]> all = new ArrayList<>(users.size());
        for (HeldOutUser user : users) {
            all.add(histories.apply(user).length > 0 ? scores.next() : popularity.scores());
        }
        return all;
    }
}

package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOutUser;
import java.util.Collections;
import java.util.List;

/// The baseline that ranks items by how many users have them, the same for everybody.
public final class Popularity implements Ranker {

    private final float[] scores;

    /// Popularity by the number of users of each item.
    public Popularity(int[] users) {
        this.scores = new float[users.length];
        for (int item = 0; item < users.length; item++) {
            scores[item] = users[item];
        }
    }

    @Override
    public List<float[]> score(List<HeldOutUser> users) {
        return Collections.nCopies(users.size(), scores);
    }

    float[] scores() {
        return scores;
    }
}

package io.diffmm.evaluation;

import io.diffmm.datasets.HeldOutUser;
import java.util.List;

/// Whatever scores every item for users: a model, or a baseline.
@FunctionalInterface
public interface Ranker {

    /// One array of scores `[I]` for each user; higher is better.
    List<float[]> score(List<HeldOutUser> users);
}

package io.diffmm.model;

import java.util.List;

/// A trained model of any family: from histories to one score for each item.
///
/// Deterministic: the same history has the same ranking, alone or in a batch. Not to be used by two threads at
/// once; owns native arrays until it is closed.
public interface Recommender extends AutoCloseable {

    /// I, how many items are scored.
    int itemCount();

    /// Scores every item for each history; higher is better.
    ///
    /// @return B arrays `[I]`
    List<float[]> score(List<UserHistory> histories);

    /// Scores every item by its likeness to `item`: the cosine of what the model knows of them.
    ///
    /// @return `[I]`
    float[] similar(int item);

    /// Frees the native arrays.
    @Override
    void close();
}

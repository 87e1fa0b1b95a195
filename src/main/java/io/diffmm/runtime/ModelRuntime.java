package io.diffmm.runtime;

import io.diffmm.ranking.Ranking;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/// A loaded, warmed-up model that ranks items on request.
///
/// Requests may come from any number of threads; fixed threads compute. Results are plain Java
/// values, so that no native array leaves this package.
public interface ModelRuntime extends AutoCloseable {

    /// Loads a published model, warms it up and starts its computing threads.
    static ModelRuntime open(RuntimeSettings settings, RuntimeListener listener) {
        return DjlModelRuntime.open(settings, listener);
    }

    /// What is loaded.
    ServedModel model();

    /// The best items for the owner of `history`.
    ///
    /// @param user the row of a trained user; empty for somebody whom the model was not trained on
    /// @param history the items the user interacted with, oldest first, without duplicates; not empty
    /// @param excluded items that are not ranked; not to be written to
    /// @param count how many items are wanted
    /// @return the ranking; fails with [OverloadedException] if the queue is full or the deadline passed in it
    CompletableFuture<Ranking> recommend(OptionalInt user, int[] history, BitSet excluded, int count);

    /// The items most like `item`, which is not among them.
    ///
    /// @param count how many are wanted
    CompletableFuture<Ranking> similar(int item, int count);

    /// How many requests wait for a computing thread.
    int waiting();

    /// Whether requests are being answered: warmed up, and the computing threads alive.
    boolean ready();

    /// Stops computing and frees every native array. Waiting requests fail.
    @Override
    void close();
}

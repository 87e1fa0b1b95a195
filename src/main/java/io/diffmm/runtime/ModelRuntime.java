package io.diffmm.runtime;

import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/// A loaded, warmed-up model that scores items on request.
///
/// Requests may come from any number of threads; one thread computes. Results are plain Java
/// values, so that no native array leaves this package.
public interface ModelRuntime extends AutoCloseable {

    /// Loads a published model, warms it up and starts its computing thread.
    static ModelRuntime open(RuntimeSettings settings) {
        return DjlModelRuntime.open(settings);
    }

    /// What is loaded.
    ServedModel model();

    /// Scores every item for the owner of `history`.
    ///
    /// @param user the row of a trained user; empty for somebody whom the model was not trained on
    /// @param history the items the user interacted with, oldest first, without duplicates; not empty
    /// @return the scores; fails with [OverloadedException] if the queue is full or the deadline passed in it
    CompletableFuture<Scores> score(OptionalInt user, int[] history);

    /// Scores every item by its likeness to `item`; the item itself is among them.
    CompletableFuture<Scores> similar(int item);

    /// Whether requests are being answered: warmed up, and the computing thread alive.
    boolean ready();

    /// Stops computing and frees every native array. Waiting requests fail.
    @Override
    void close();
}

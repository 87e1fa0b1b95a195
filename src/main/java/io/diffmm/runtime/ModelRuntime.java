package io.diffmm.runtime;

import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/// A loaded, warmed-up model that ranks items on request.
///
/// Requests may come from any number of threads; fixed threads compute. Results are plain Java
/// values, so that no native array leaves this package.
public interface ModelRuntime extends AutoCloseable {

    /// Verifies and loads a version, warms it up and starts its computing threads.
    ///
    /// @param version its directory
    /// @param loading with what priority it is loaded; it warms up with that of requests
    static ModelRuntime open(Path version, RuntimeSettings settings, RuntimeListener listener, Loading loading) {
        return DjlModelRuntime.open(version, settings, listener, loading);
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

    /// What the scores of some items are made of, and the items of `history` that they rest on most.
    ///
    /// The newest 64 items of the history are left out in turn, and each time the scores are computed as
    /// [#recommend] does for the shorter history: as much work as ranking for 65 users. It waits for the
    /// computing threads as rankings do, but with few places and behind them. Nobody has scores without a
    /// history, so without its only item they count as zero.
    ///
    /// @param user the row of a trained user; empty for somebody whom the model was not trained on
    /// @param history the items the user interacted with, oldest first, without duplicates; not empty
    /// @param items the rows of the items that are explained, say those of a ranking
    /// @return an explanation for each item, the same on every replica; fails with [OverloadedException] if
    /// too many wait or the deadline passed in the queue
    /// @throws IllegalArgumentException if the history is empty
    CompletableFuture<List<Explanation>> explain(OptionalInt user, int[] history, int[] items);

    /// How many requests wait for a computing thread.
    int waiting();

    /// Whether a ranking would be refused now, because too many requests wait. Costs next to nothing: to be
    /// asked before work that would be in vain.
    boolean full();

    /// Whether requests are being answered: warmed up, and the computing threads alive.
    boolean ready();

    /// Stops computing and frees every native array. Waiting requests fail.
    @Override
    void close();
}

package io.diffmm.runtime;

import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.ranking.Explanation;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;

/// A loaded and warmed-up model that ranks items.
///
/// Any number of threads may submit requests; a fixed number of threads computes. Results are plain Java values, so no
/// native array leaves this package.
public interface ModelRuntime extends AutoCloseable {

    /// Verifies, loads and warms up a version, and starts its computing threads.
    ///
    /// @param version directory of the version
    /// @param priority CPU priority of loading; warm-up has normal priority
    static ModelRuntime open(Path version, RuntimeSettings settings, RuntimeListener listener, LoadPriority priority) {
        return DjlModelRuntime.open(version, settings, listener, priority);
    }

    /// Returns the description of the loaded model.
    ServedModel model();

    /// Ranks items for a history.
    ///
    /// @param user row of a trained user; empty for users that were not in the training data
    /// @param history items of the user, oldest first, without duplicates; not empty
    /// @param excluded items that are not ranked; not modified
    /// @param count maximum number of items
    /// @return the ranking; fails with [OverloadedException] if the queue is full or the deadline passes in the
    /// queue
    CompletableFuture<Ranking> recommend(OptionalInt user, int[] history, BitSet excluded, int count);

    /// Ranks the items most similar to `item`, without `item` itself.
    ///
    /// @param count maximum number of items
    CompletableFuture<Ranking> similar(int item, int count);

    /// Explains scores by their parts and by the most influential items of `history`.
    ///
    /// With reasons, leaves out each of the newest 64 items in turn and scores the shorter history as
    /// [#recommend] does: as much work as ranking for 65 users. Explanations use the computing threads of
    /// rankings, but have few places in the queue and run after rankings. There are no scores without a
    /// history, so they count as zero without its only item.
    ///
    /// @param user row of a trained user; empty for users that were not in the training data
    /// @param history items of the user, oldest first, without duplicates; not empty
    /// @param items rows of the items to explain, for example those of a ranking
    /// @param reasons whether the most influential items of the history are wanted
    /// @return one explanation per item, the same on every replica; fails with [OverloadedException] if too many
    ///     requests wait or the deadline passes in the queue
    /// @throws IllegalArgumentException if the history is empty
    CompletableFuture<List<Explanation>> explain(OptionalInt user, int[] history, int[] items, boolean reasons);

    /// Returns the number of queued requests.
    int waiting();

    /// Returns whether the queue would refuse a ranking now. Cheap; callers check it before they prepare a request.
    boolean full();

    /// Returns whether the model has warmed up and all computing threads are alive.
    boolean ready();

    /// Stops computing and frees every native array. Waiting requests fail.
    @Override
    void close();

    /// Settings of inference.
    ///
    /// @param device `auto`, `cpu`, `gpu` or `gpu:N`
    /// @param precision number format for the scan of all items: `auto`, `float32`, `bfloat16` or `int8`
    /// @param indexFrom minimum number of items for which a search uses the index, if the model has one
    /// @param indexWidth number of candidates that an index search scores exactly
    /// @param probeInterval interval between measurements of index recall
    /// @param threads computing threads on a CPU; 0 for one per core. A GPU has one thread
    /// @param queueCapacity maximum number of waiting requests
    /// @param maxBatch maximum number of requests computed together
    /// @param timeout maximum time of a request in the queue
    record RuntimeSettings(
            String device,
            String precision,
            int indexFrom,
            int indexWidth,
            Duration probeInterval,
            int threads,
            int queueCapacity,
            int maxBatch,
            Duration timeout) {

        /// Returns the configured number of threads, or `cores` if it is 0.
        int threadsOr(int cores) {
            return threads > 0 ? threads : cores;
        }

        /// Returns the settings of item search.
        ///
        /// @throws IllegalArgumentException if the precision is unknown
        SearchSettings search() {
            return new SearchSettings(Precision.parse(precision), indexFrom, indexWidth);
        }
    }

    /// Description of a loaded model: identity, metrics, users, items and histories.
    ///
    /// @param family model family, for example `diffmm`
    /// @param settings all hyper-parameters, as in the manifest
    /// @param blend weights that combine the views of a user into one score; empty if one view ranks alone
    /// @param metrics held-out metrics by ranker (`model`, `popularity`), then by metric name
    /// @param device computing device, for example `cpu`
    /// @param precision number format of item scans, for example `bfloat16, int8` if it depends on the batch size
    /// @param histories items of each trained user, oldest first
    /// @param times times of those interactions, if known
    record ServedModel(
            String name,
            String version,
            String family,
            Instant created,
            Map<String, Object> settings,
            Map<String, Object> blend,
            Map<String, Map<String, Double>> metrics,
            String device,
            String precision,
            IdIndex users,
            ItemCatalogue items,
            InteractionMatrix histories,
            Optional<InteractionTimes> times) {

        /// Returns the number of trained users.
        public int userCount() {
            return users.size();
        }

        /// Returns the number of items.
        public int itemCount() {
            return items.size();
        }
    }
}

package io.diffmm.retrieval;

import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Opens the searches of a model: over an index where the catalogue is large and has one, else by scans.
///
/// The index of the search named `n` is the file `index-n.graph` beside the weights.
public final class ItemSearches {

    private final Optional<Path> weights;
    private final SearchSettings settings;
    private final NDManager manager;

    private ItemSearches(Optional<Path> weights, SearchSettings settings, NDManager manager) {
        this.weights = weights;
        this.settings = settings;
        this.manager = manager;
    }

    /// The searches of a published model.
    ///
    /// @param weights the file that its indexes lie beside, if it has any
    /// @param manager keeps what scans hold
    public static ItemSearches of(Path weights, SearchSettings settings, NDManager manager) {
        return new ItemSearches(Optional.of(weights), settings, manager);
    }

    /// Scans, for a model that is not published.
    public static ItemSearches scans(Precision precision, NDManager manager) {
        return new ItemSearches(Optional.empty(), SearchSettings.scans(Optional.of(precision)), manager);
    }

    /// The same, by scans only.
    public ItemSearches withoutIndexes() {
        return new ItemSearches(Optional.empty(), settings, manager);
    }

    /// The same, with another manager to keep what scans hold.
    public ItemSearches in(NDManager other) {
        return new ItemSearches(weights, settings, other);
    }

    /// Opens a search.
    ///
    /// @param name of the search
    /// @param items how many there are
    /// @param vectors makes them in memory of a manager; asked for only if there is no index, which has its own
    /// @throws InvalidGraphException if there is an index and it is damaged, or of other items
    public ItemSearch open(String name, int items, Function<NDManager, ItemVectors> vectors) {
        Optional<Path> index = weights.map(beside -> file(beside, name)).filter(Files::exists);
        if (index.isEmpty() || items < settings.indexFrom()) {
            return new ExactSearch(vectors.apply(manager), settings.precision(), manager);
        }
        GraphSearch search = GraphSearch.open(index.get(), settings.indexWidth());
        if (search.vectors().size() != items) {
            search.close();
            throw new InvalidGraphException(
                    index.get(),
                    "has %d items, the model %d".formatted(search.vectors().size(), items));
        }
        return search;
    }

    /// Builds the index of a search.
    ///
    /// @param weights the file that the index is written beside
    /// @param queries a sample of what will be asked
    public static void index(Path weights, String name, ItemVectors vectors, List<double[]> queries)
            throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        GraphBuilder.write(file(weights, name), vectors, queries, GraphSettings.DEFAULT.withThreads(threads));
    }

    private static Path file(Path weights, String name) {
        return weights.resolveSibling("index-" + name + ".graph");
    }
}

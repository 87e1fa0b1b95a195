package io.diffmm.retrieval;

import ai.djl.ndarray.NDManager;
import io.diffmm.retrieval.HnswIndexBuilder.HnswSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Factory of a model's searches: over an index if the catalogue is large and the model has one, else by scans.
///
public final class ItemSearches {

    private final Optional<IndexFiles> indexes;
    private final SearchSettings settings;
    private final NDManager manager;

    private ItemSearches(Optional<IndexFiles> indexes, SearchSettings settings, NDManager manager) {
        this.indexes = indexes;
        this.settings = settings;
        this.manager = manager;
    }

    /// Files of a model's indexes, in the directory of its weights: `index-<search>.graph`, or
    /// `index-2-<search>.graph` for the second model of a family.
    ///
    /// @param weights file of the weights
    /// @param number number of the model among those of its family in an ensemble, from 1
    public record IndexFiles(Path weights, int number) {

        private Path file(String search) {
            return weights.resolveSibling("index-%s%s.graph".formatted(number == 1 ? "" : number + "-", search));
        }
    }

    /// Creates the factory of a published model.
    ///
    /// @param indexes indexes of the model, each of which may be missing
    /// @param manager owner of the memory of scans
    public static ItemSearches of(IndexFiles indexes, SearchSettings settings, NDManager manager) {
        return new ItemSearches(Optional.of(indexes), settings, manager);
    }

    /// Creates the factory of a model that is not published: it has no indexes.
    public static ItemSearches scans(Precision precision, NDManager manager) {
        return new ItemSearches(Optional.empty(), SearchSettings.scans(Optional.of(precision)), manager);
    }

    /// Returns this factory without indexes.
    public ItemSearches withoutIndexes() {
        return new ItemSearches(Optional.empty(), settings, manager);
    }

    /// Returns this factory with another owner of the memory of scans.
    public ItemSearches in(NDManager other) {
        return new ItemSearches(indexes, settings, other);
    }

    /// Opens a search.
    ///
    /// @param name name of the search
    /// @param items number of items
    /// @param vectors creates the vectors in memory of a manager; not called if there is an index, which contains
    ///     them
    /// @throws InvalidGraphException if there is an index and it is damaged, or has another number of items
    public ItemSearch open(String name, int items, Function<NDManager, ItemVectors> vectors) {
        Optional<Path> index = indexes.map(files -> files.file(name)).filter(Files::exists);
        if (index.isEmpty() || items < settings.indexFrom()) {
            return new ExactSearch(vectors.apply(manager), settings.precision(), manager);
        }
        HnswSearch search = HnswSearch.open(index.get(), settings.indexWidth());
        if (search.vectors().size() != items) {
            search.close();
            throw new InvalidIndexException(
                    index.get(),
                    "has %d items, but the model has %d"
                            .formatted(search.vectors().size(), items));
        }
        return search;
    }

    /// Builds the index of a search.
    ///
    /// @param indexes files of the indexes of the model
    /// @param queries sample of the expected queries
    public static void index(IndexFiles indexes, String name, ItemVectors vectors, List<double[]> queries)
            throws IOException {
        int threads = Runtime.getRuntime().availableProcessors();
        HnswIndexBuilder.write(indexes.file(name), vectors, queries, HnswSettings.DEFAULT.withThreads(threads));
    }

    /// Thrown when a file is not an index, is damaged, or belongs to another catalogue. The model must be
    /// published again.
    public static final class InvalidIndexException extends RuntimeException {

        private static final long serialVersionUID = 2;

        private final transient Path file;
        private final String reason;

        InvalidIndexException(Path file, String reason) {
            super("%s: %s".formatted(file, reason));
            this.file = file;
            this.reason = reason;
        }

        /// Returns the invalid file.
        public Path file() {
            return file;
        }

        /// Returns the reason, without the path of the file.
        public String reason() {
            return reason;
        }
    }
}

package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.Optional;

/// What a dataset is read from.
public sealed interface DatasetSource {

    /// The folder, if there is one.
    Optional<Path> folder();

    /// Files alone.
    ///
    /// @param split how `valid` is made; absent where it is a file like the others
    record Files(Path directory, Optional<Split> split) implements DatasetSource {

        @Override
        public Optional<Path> folder() {
            return Optional.of(directory);
        }
    }

    /// A store of live interactions.
    ///
    /// @param folder files that came before, or the items and features that the store does not have
    record Live(LiveInteractions interactions, Optional<Path> folder, Split split) implements DatasetSource {}

    /// The files of a folder, `valid` among them.
    static DatasetSource of(Path directory) {
        return new Files(directory, Optional.empty());
    }
}

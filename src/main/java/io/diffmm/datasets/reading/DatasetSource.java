package io.diffmm.datasets.reading;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalDouble;

/// Source of a dataset: files alone, or a database of live interactions and optionally files.
public sealed interface DatasetSource {

    /// Folder of files, if there is one.
    Optional<Path> folder();

    /// Files of a folder.
    ///
    /// @param split rule that divides the interactions into `train` and `valid`; empty if `valid` is a file of its
    /// own
    record Files(Path directory, Optional<Split> split) implements DatasetSource {

        @Override
        public Optional<Path> folder() {
            return Optional.of(directory);
        }
    }

    /// Database of live interactions.
    ///
    /// @param folder files of older interactions, or of items and features, which the database does not contain
    record Live(LiveInteractions interactions, Optional<Path> folder, Split split) implements DatasetSource {}

    /// Returns the files of a folder, with `valid` as a separate file or without it.
    static DatasetSource of(Path directory) {
        return new Files(directory, Optional.empty());
    }

    /// Selection of interactions of a database.
    ///
    /// @param minWeight minimum weight; empty for all interactions
    /// @param until time of recording from which interactions are excluded; empty for all interactions
    record LiveInteractions(StoreAddress store, OptionalDouble minWeight, Optional<Instant> until) {

        public LiveInteractions {
            if (minWeight.isPresent() && !Double.isFinite(minWeight.getAsDouble())) {
                throw new IllegalArgumentException(
                        "the minimum weight is %s; a number is expected".formatted(minWeight.getAsDouble()));
            }
        }

        /// Selects all interactions of a database.
        public static LiveInteractions allOf(StoreAddress store) {
            return new LiveInteractions(store, OptionalDouble.empty(), Optional.empty());
        }
    }

    /// Rule that divides interactions into training interactions and newer ones for validation.
    sealed interface Split {

        /// The newest item of every user with two or more items is for validation.
        record LeaveLastOut() implements Split {}

        /// The newest interactions over all users are for validation; timestamps must be comparable between users.
        ///
        /// @param validShare share of all interactions, in (0, 1)
        record ByTime(double validShare) implements Split {

            public ByTime {
                if (!(validShare > 0 && validShare < 1)) {
                    throw new IllegalArgumentException(
                            "the validation share is %s; it must be above 0 and below 1".formatted(validShare));
                }
            }
        }
    }
}

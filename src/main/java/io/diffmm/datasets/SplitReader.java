package io.diffmm.datasets;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// Reads all interactions there are, of files and of a store of live ones, into one list, and divides
/// it.
///
/// Those of `train` come first, then those of `valid`, then live ones; [RowTimes] says where time tells
/// more.
final class SplitReader {

    private final DatasetFiles files;
    private final Split split;
    private final CatalogueFiles catalogue;
    private final InteractionRows interactions = new InteractionRows();

    /// A reader, for one call.
    ///
    /// @throws InvalidDatasetException if the items or features cannot be used
    SplitReader(DatasetFiles files, Split split) {
        this.files = files;
        this.split = split;
        this.catalogue = CatalogueFiles.read(files);
    }

    /// Reads files alone.
    Dataset read() {
        SourceCounts read = addFiles(TakenBack.nothing());
        requireTimes("has no timestamps; a split by time needs them");
        return dataset(read, Optional.empty());
    }

    /// Reads a store, and the files that are older.
    Dataset read(LiveInteractions wanted) {
        SourceCounts old;
        SourceCounts live;
        try (LiveStore store = LiveStore.open(wanted)) {
            old = addFiles(older().isEmpty() ? TakenBack.nothing() : store.takenBack());
            live = interactions.add(store.interactions(), catalogue.items()::known, TakenBack.nothing());
        }
        LiveNotes notes = LiveNotes.of(live, old);
        requireSome(wanted, notes);
        requireTimes(
                "has timestamps that are no dates, or none, or valid beside it has; with live interactions a split by time needs dates");
        return dataset(old, Optional.of(notes));
    }

    /// The files of interactions.
    private List<Path> older() {
        return Stream.of(files.train(), files.valid()).flatMap(Optional::stream).toList();
    }

    private SourceCounts addFiles(TakenBack takenBack) {
        SourceCounts train = files.train()
                .map(file -> interactions.addFile(Table.open(file), catalogue.items(), takenBack))
                .orElse(SourceCounts.NONE);
        SourceCounts valid = files.valid()
                .map(file -> interactions.addFile(Table.open(file), catalogue.items()::known, takenBack))
                .orElse(SourceCounts.NONE);
        return train.plus(valid);
    }

    private void requireSome(LiveInteractions wanted, LiveNotes notes) {
        if (interactions.size() > 0) {
            return;
        }
        throw InvalidDatasetException.of(
                wanted.store(),
                notes.unknownItems() == 0
                        ? "holds no interaction to train on"
                        : "holds %,d interactions, all of items that the catalogue does not have"
                                .formatted(notes.unknownItems()));
    }

    private void requireTimes(String cause) {
        if (split instanceof Split.ByTime && !interactions.times().comparable()) {
            throw InvalidDatasetException.of(older().getFirst(), cause);
        }
    }

    private Dataset dataset(SourceCounts fromFiles, Optional<LiveNotes> live) {
        UserOrder order = UserOrder.of(interactions);
        SplitRows rows = SplitRows.of(order, split);
        IdIndex users = IdIndex.of(rows.userIds());
        ItemCatalogue items = catalogue.items().catalogue();
        InteractionMatrix train = InteractionMatrix.of(items.size(), rows.train());
        HeldOut valid = new HeldOut(rows.valid(), 0, 0, 0);
        var notes = new DatasetNotes(
                train.rows(),
                train.columns(),
                train.size(),
                valid.interactions(),
                interactions.size() - order.size(),
                fromFiles.unknownItems(),
                0,
                rows.usersWithoutTrain(),
                train.emptyColumns(),
                live);
        String fingerprint = Fingerprint.of(files.all(), users, items, train, valid);
        Optional<InteractionTimes> times = rows.trainMicros().map(micros -> InteractionTimes.of(train, micros));
        return new Dataset(users, items, train, times, Optional.of(valid), catalogue.features(), fingerprint, notes);
    }
}

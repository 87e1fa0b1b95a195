package io.diffmm.datasets.reading;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.DatasetCounts.LiveCounts;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import io.diffmm.datasets.reading.InteractionRows.SourceCounts;
import io.diffmm.datasets.reading.LiveStore.Tombstones;
import io.diffmm.datasets.reading.UserOrder.SplitRows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.commons.codec.binary.Hex;
import org.apache.commons.codec.digest.DigestUtils;

/// Reads a dataset: `train` and `valid` (CSV or Parquet), `items.csv` and `*.npy` of a folder, and live
/// interactions of a database.
///
/// With a split, all interactions form one list: those of `train`, those of `valid`, then live ones.
/// [RowTimes] merges them by time where every source has dates.
public final class DatasetReader {

    private final DatasetFiles files;
    private final CatalogueFiles catalogue;
    private final InteractionRows interactions = new InteractionRows();

    private DatasetReader(DatasetFiles files) {
        this.files = files;
        this.catalogue = CatalogueFiles.read(files);
    }

    /// Reads the files of `directory`; `valid` is a separate file or absent.
    ///
    /// @throws InvalidDatasetException if a file is invalid; names file, line and cause
    public static Dataset read(Path directory) {
        return read(DatasetSource.of(directory));
    }

    /// Reads a dataset.
    ///
    /// @throws InvalidDatasetException if a file or the database is invalid; names it and the cause
    public static Dataset read(DatasetSource source) {
        return switch (source) {
            case DatasetSource.Files(Path directory, Optional<Split> split) ->
                split.map(rule -> new DatasetReader(DatasetFiles.withoutValid(directory)).readFiles(rule))
                        .orElseGet(() -> readWithoutSplit(directory));
            case DatasetSource.Live(LiveInteractions live, Optional<Path> folder, Split split) ->
                new DatasetReader(folder.map(DatasetFiles::withDatabase).orElse(DatasetFiles.NONE))
                        .readLive(live, split);
        };
    }

    private static Dataset readWithoutSplit(Path directory) {
        DatasetFiles files = DatasetFiles.of(directory);
        Path file = DatasetFiles.train(directory);
        return new DatasetReader(files).readTrain(file);
    }

    private Dataset readTrain(Path file) {
        InteractionsFile rows = InteractionsFile.read(file, catalogue.items());
        IdIndex users = IdIndex.of(rows.userIds());
        ItemCatalogue items = catalogue.items().catalogue();
        InteractionMatrix train = InteractionMatrix.of(items.size(), rows.rows());
        Optional<HeldOut> valid = files.valid()
                .map(held -> InteractionsFile.heldOut(held, users::row, items).withoutSeen(train));
        return new Dataset(
                users,
                items,
                train,
                rows.micros().map(micros -> InteractionTimes.of(train, micros)),
                valid,
                catalogue.features(),
                Fingerprint.of(files.all()),
                notes(rows, train, valid));
    }

    private static DatasetCounts notes(InteractionsFile rows, InteractionMatrix train, Optional<HeldOut> valid) {
        return new DatasetCounts(
                train.rows(),
                train.columns(),
                train.size(),
                valid.map(HeldOut::interactions).orElse(0),
                rows.duplicates() + valid.map(HeldOut::duplicates).orElse(0),
                valid.map(HeldOut::unknownItems).orElse(0),
                valid.map(HeldOut::alreadySeen).orElse(0),
                valid.map(HeldOut::usersWithoutHistory).orElse(0),
                train.emptyColumns());
    }

    private Dataset readFiles(Split split) {
        SourceCounts counts = addFiles(Tombstones.none());
        requireTimes(split, "has no timestamps; a split by time needs them");
        return dataset(split, counts, Optional.empty());
    }

    private Dataset readLive(LiveInteractions selection, Split split) {
        SourceCounts old;
        SourceCounts live;
        try (LiveStore store = LiveStore.open(selection)) {
            old = addFiles(interactionFiles().isEmpty() ? Tombstones.none() : store.tombstones());
            live = interactions.add(store.interactions(), catalogue.items()::known, Tombstones.none());
        }
        requireInteractions(selection, live.unknownItems());
        requireTimes(
                split,
                "has no dates: its timestamps, or those of valid, are numbers or missing; with live interactions a split by time needs dates");
        return dataset(
                split, old, Optional.of(new LiveCounts(live.kept(), live.unknownItems(), old.removed(), old.erased())));
    }

    private List<Path> interactionFiles() {
        return Stream.of(files.train(), files.valid()).flatMap(Optional::stream).toList();
    }

    private SourceCounts addFiles(Tombstones tombstones) {
        SourceCounts train = files.train()
                .map(file -> interactions.addFile(InputFiles.openTable(file), catalogue.items(), tombstones))
                .orElse(SourceCounts.NONE);
        SourceCounts valid = files.valid()
                .map(file -> interactions.addFile(InputFiles.openTable(file), catalogue.items()::known, tombstones))
                .orElse(SourceCounts.NONE);
        return train.plus(valid);
    }

    private void requireInteractions(LiveInteractions selection, int unknownItems) {
        if (interactions.size() == 0) {
            throw selection
                    .store()
                    .refusal(
                            unknownItems == 0
                                    ? "contains no interaction to train on"
                                    : "contains %,d interactions, all of items that are not in the catalogue"
                                            .formatted(unknownItems));
        }
    }

    private void requireTimes(Split split, String cause) {
        if (split instanceof Split.ByTime && !interactions.times().comparable()) {
            throw InvalidDatasetException.of(interactionFiles().getFirst(), cause);
        }
    }

    private Dataset dataset(Split split, SourceCounts fromFiles, Optional<LiveCounts> live) {
        UserOrder order = UserOrder.of(interactions);
        SplitRows rows = order.split(split);
        IdIndex users = IdIndex.of(rows.userIds());
        ItemCatalogue items = catalogue.items().catalogue();
        InteractionMatrix train = InteractionMatrix.of(items.size(), rows.train());
        HeldOut valid = new HeldOut(rows.valid(), 0, 0, 0);
        var notes = new DatasetCounts(
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

    /// SHA-256 fingerprint of a dataset, in hexadecimal.
    ///
    /// Digests of every file: length of the name (4 bytes), name (UTF-8), size (8 bytes) and content. With
    /// a split or live interactions it also digests the resulting ids and matrices. Numbers are big-endian.
    static final class Fingerprint {

        private Fingerprint() {}

        /// Returns the fingerprint of files that are used as they are.
        static String of(List<Path> files) {
            MessageDigest digest = DigestUtils.getSha256Digest();
            files.forEach(file -> add(digest, file));
            return Hex.encodeHexString(digest.digest());
        }

        /// Returns the fingerprint of files and of a split: the ids of users and items, the items of each
        /// user in `train` and in `valid`.
        static String of(List<Path> files, IdIndex users, ItemCatalogue items, InteractionMatrix train, HeldOut valid) {
            MessageDigest digest = DigestUtils.getSha256Digest();
            files.forEach(file -> add(digest, file));
            addTexts(digest, users.ids());
            addTexts(digest, items.items().stream().map(Item::id).toList());
            for (int row = 0; row < train.rows(); row++) {
                addRow(digest, row, train.row(row));
            }
            valid.users().forEach(user -> addRow(digest, user.row().orElseThrow(), user.items()));
            return Hex.encodeHexString(digest.digest());
        }

        private static void addTexts(MessageDigest digest, List<String> texts) {
            digest.update(bytes(texts.size()));
            texts.forEach(text -> addText(digest, text));
        }

        private static void addText(MessageDigest digest, String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            digest.update(bytes(utf8.length));
            digest.update(utf8);
        }

        private static void addRow(MessageDigest digest, int row, int[] items) {
            digest.update(bytes(row));
            digest.update(bytes(items.length));
            for (int item : items) {
                digest.update(bytes(item));
            }
        }

        private static ByteBuffer bytes(int number) {
            return ByteBuffer.allocate(Integer.BYTES).putInt(number).flip();
        }

        private static void add(MessageDigest digest, Path file) {
            addText(digest, InputFiles.name(file));
            digest.update(ByteBuffer.allocate(Long.BYTES)
                    .putLong(InputFiles.size(file))
                    .flip());
            ByteBuffer chunk = ByteBuffer.allocate(1 << 16);
            try (FileChannel channel = FileChannel.open(file)) {
                while (channel.read(chunk) >= 0) {
                    digest.update(chunk.flip());
                    chunk.clear();
                }
            } catch (IOException e) {
                throw InputFiles.unreadable(file, e);
            }
        }
    }
}

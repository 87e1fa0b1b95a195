package io.diffmm.artifacts;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.reading.NpyFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Files of an artifact with users, items, histories and probes.
final class ContentsFiles {

    private ContentsFiles() {}

    static void write(Path directory, ArtifactContents contents) throws IOException {
        Json.write(directory.resolve(ArtifactNames.USERS), contents.users().ids());
        Json.write(
                directory.resolve(ArtifactNames.ITEMS),
                contents.items().items().stream().map(ItemEntry::from).toList());
        NpyFile.writeInts(
                directory.resolve(ArtifactNames.HISTORY_OFFSETS),
                contents.histories().offsets());
        NpyFile.writeInts(
                directory.resolve(ArtifactNames.HISTORY_ITEMS),
                contents.histories().items());
        contents.times()
                .ifPresent(times -> NpyFile.writeLongs(directory.resolve(ArtifactNames.HISTORY_TIMES), times.micros()));
        if (!contents.probes().isEmpty()) {
            Json.write(directory.resolve(ArtifactNames.PROBES), contents.probes());
        }
    }

    /// Reads the contents of the version in `directory`.
    ///
    /// @throws InvalidArtifactException if a file violates its format or the files contradict each other
    static ArtifactContents read(Path directory) throws IOException {
        IdIndex users = users(directory.resolve(ArtifactNames.USERS));
        ItemCatalogue items = items(directory.resolve(ArtifactNames.ITEMS));
        Path offsetsFile = directory.resolve(ArtifactNames.HISTORY_OFFSETS);
        int[] offsets = array(offsetsFile, NpyFile::readInts);
        int[] columns = array(directory.resolve(ArtifactNames.HISTORY_ITEMS), NpyFile::readInts);
        InteractionMatrix histories =
                checked(offsetsFile, () -> InteractionMatrix.ofCompressed(items.size(), offsets, columns));
        Optional<InteractionTimes> times = times(directory.resolve(ArtifactNames.HISTORY_TIMES), histories);
        List<Probe> probes = probes(directory.resolve(ArtifactNames.PROBES));
        return checked(offsetsFile, () -> new ArtifactContents(users, items, histories, times, probes));
    }

    private static Optional<InteractionTimes> times(Path file, InteractionMatrix histories) throws IOException {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        long[] micros = array(file, NpyFile::readLongs);
        return Optional.of(checked(file, () -> InteractionTimes.of(histories, micros)));
    }

    private static List<Probe> probes(Path file) throws IOException {
        return Files.notExists(file) ? List.of() : Json.readList(file, Probe.class);
    }

    private static <T> T array(Path file, Function<Path, T> reader) throws IOException {
        try {
            return reader.apply(file);
        } catch (InvalidDatasetException e) {
            if (e.getCause() instanceof IOException failed) {
                throw failed;
            }
            throw new InvalidArtifactException(file, e.reason(), e);
        }
    }

    private static IdIndex users(Path file) throws IOException {
        List<String> ids = Json.readList(file, String.class);
        return checked(file, () -> IdIndex.of(ids));
    }

    private static ItemCatalogue items(Path file) throws IOException {
        List<ItemEntry> entries = Json.readList(file, ItemEntry.class);
        return checked(
                file,
                () -> ItemCatalogue.of(entries.stream().map(ItemEntry::toItem).toList()));
    }

    /// Runs a constructor that checks its arguments, and adds the file to its exception.
    private static <T> T checked(Path file, Supplier<T> construction) {
        try {
            return construction.get();
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new InvalidArtifactException(file, String.valueOf(e.getMessage()), e);
        }
    }

    /// Item in `items.json`, without unknown fields.
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record ItemEntry(
            @Nullable String id,
            @Nullable String title,
            @Nullable String category) {

        static ItemEntry from(Item item) {
            return new ItemEntry(
                    item.id(), item.title().orElse(null), item.category().orElse(null));
        }

        Item toItem() {
            if (id == null) {
                throw new IllegalArgumentException("an item has no id");
            }
            return new Item(id, Optional.ofNullable(title), Optional.ofNullable(category));
        }
    }
}

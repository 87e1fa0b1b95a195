package io.diffmm.retrieval;

import io.diffmm.retrieval.HnswIndexBuilder.HnswSettings;
import io.diffmm.retrieval.ItemSearches.InvalidIndexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// Memory-mapped index file. Opening it validates every number, so that a search over a damaged file cannot read
/// outside of it.
///
/// Memory: [#close] ends the mapping; segments and vectors must not be used afterwards.
final class HnswIndexFile implements AutoCloseable {

    private static final int MAX_LEVELS = 64;

    private static final int MAX_WIDTH = 100_000;

    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final HnswIndexLayout layout;
    private final ItemVectors vectors;

    private HnswIndexFile(Path path, FileChannel channel, Arena arena) throws IOException {
        this.path = path;
        this.arena = arena;
        this.file = channel.map(MapMode.READ_ONLY, 0, channel.size(), arena);
        this.layout = header();
        requireLinks(layout.groundOffsets(), layout.items(), layout.groundLinks(), layout.groundLinksStart());
        requireLinks(layout.upperOffsets(), layout.upperItems(), layout.upperLinks(), layout.upperLinksStart());
        requireLevels();
        requireFinite(layout.queryRows(), (long) layout.coordinates() * layout.width());
        requireFinite(layout.queryOffsets(), layout.coordinates());
        requireFinite(layout.vectors(), (long) layout.items() * layout.width());
        requireFinite(layout.biases(), layout.items());
        this.vectors = new ItemVectors(
                file.asSlice(layout.vectors(), (long) layout.items() * layout.width() * Float.BYTES),
                file.asSlice(layout.biases(), (long) layout.items() * Float.BYTES),
                layout.width());
    }

    /// Maps and validates a file.
    ///
    /// @throws InvalidGraphException if the file is not an index or damaged
    /// @throws UncheckedIOException if it cannot be read
    static HnswIndexFile open(Path path) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new HnswIndexFile(path, channel, arena);
        } catch (IOException e) {
            arena.close();
            throw new UncheckedIOException("cannot read %s: %s".formatted(path, e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    HnswIndexLayout layout() {
        return layout;
    }

    ItemVectors vectors() {
        return vectors;
    }

    /// Returns the codes of all items, `[I, K]`.
    MemorySegment keys() {
        return file.asSlice(layout.keys(), (long) layout.items() * layout.coordinates());
    }

    /// Returns an int32 of a section.
    int number(long section, long index) {
        return file.get(HnswIndexWriter.INT, section + index * Integer.BYTES);
    }

    /// Returns a float32 of a section.
    float real(long section, long index) {
        return file.get(ItemVectors.FLOAT, section + index * Float.BYTES);
    }

    private HnswIndexLayout header() {
        if (file.byteSize() < HnswIndexLayout.HEADER_BYTES
                || file.get(HnswIndexWriter.LONG, 0) != HnswIndexLayout.MAGIC) {
            throw invalid("not an index of item vectors");
        }
        if (header(0) != HnswIndexLayout.VERSION) {
            throw invalid(
                    "format version %d; this server reads version %d".formatted(header(0), HnswIndexLayout.VERSION));
        }
        var read = new HnswIndexLayout(
                within(1, Integer.MAX_VALUE - 1, header(1), "items"),
                within(1, MAX_WIDTH, header(2), "width"),
                within(1, HnswSettings.MAX_AXES + 1, header(3), "coordinates"),
                within(1, MAX_LEVELS, header(4), "levels"),
                within(0, header(1) - 1L, header(5), "entry"),
                within(1, 2 * HnswSettings.MAX_NEIGHBOURS, header(6), "maximum neighbours"),
                within(0, Integer.MAX_VALUE - 1, header(7), "upper items"),
                within(file.get(HnswIndexWriter.LONG, 40), "links"),
                within(file.get(HnswIndexWriter.LONG, 48), "upper links"));
        if (read.bytes() != file.byteSize()) {
            throw invalid("%d bytes long, but the header declares %d".formatted(file.byteSize(), read.bytes()));
        }
        return read;
    }

    private int header(int at) {
        return number(Long.BYTES, at);
    }

    private int within(long min, long max, int value, String name) {
        if (value < min || value > max) {
            throw invalid("%s: %d is not from %d to %d".formatted(name, value, min, max));
        }
        return value;
    }

    private long within(long value, String name) {
        return within(0, Integer.MAX_VALUE, Math.clamp(value, -1, Integer.MAX_VALUE), name);
    }

    private void requireLinks(long offsets, int lists, long links, long section) {
        long end = 0;
        for (long list = 0; list <= lists; list++) {
            long offset = number(offsets, list);
            if (offset < end || offset - end > (list == 0 ? 0 : layout.maxNeighbours())) {
                throw invalid("the offset of link list %d is out of order".formatted(list));
            }
            end = offset;
        }
        if (end != links) {
            throw invalid("%d links, but the header declares %d".formatted(end, links));
        }
        for (long link = 0; link < links; link++) {
            within(0, layout.items() - 1L, number(section, link), "link");
        }
    }

    private void requireLevels() {
        long place = 0;
        for (int level = 1; level < layout.levels(); level++) {
            long end = place + within(1, layout.upperItems() - place, number(layout.levelSizes(), level - 1L), "level");
            for (int before = -1; place < end; place++) {
                before = within(
                        before + 1L, layout.items() - 1L, number(layout.upperItemsStart(), place), "item of a level");
            }
        }
        if (place != layout.upperItems()) {
            throw invalid("%d upper items, but the header declares %d".formatted(place, layout.upperItems()));
        }
    }

    private void requireFinite(long section, long count) {
        for (long at = 0; at < count; at++) {
            if (!Float.isFinite(real(section, at))) {
                throw invalid("contains a number that is not finite");
            }
        }
    }

    private InvalidIndexException invalid(String reason) {
        return new InvalidIndexException(path, reason);
    }

    @Override
    public void close() {
        arena.close();
    }

    /// Layout of an index file.
    ///
    /// All numbers are little-endian. A header of 64 bytes is followed by sections, each aligned to 64
    /// bytes:
    ///
    /// | section | type | numbers |
    /// |---|---|---|
    /// | header | int64 | magic `DiffMMix` |
    /// | | int32 | version 1, items I, width F, coordinates K, levels, entry item |
    /// | | int32 | maximum neighbours, upper items U |
    /// | | int64 | links of level 0, links of the upper levels |
    /// | query rows | float32 | `[K, F]` |
    /// | query offsets | float32 | `[K]` |
    /// | codes | int8 | `[I, K]` |
    /// | level 0 offsets, level 0 links | int32 | `[I + 1]`, `[links]` |
    /// | level sizes | int32 | `[levels - 1]`, their sum is U |
    /// | upper items, upper offsets, upper links | int32 | `[U]` ascending in each level, `[U + 1]`, `[links]` |
    /// | vectors, biases | float32 | `[I, F]`, `[I]` |
    ///
    /// @param levels number of levels of the graph; level 0 contains every item
    /// @param entry item of the highest level at which searches start
    /// @param maxNeighbours maximum number of links of an item on one level
    /// @param upperItems number of items on the levels above 0, over all levels
    /// @param groundLinks number of links on level 0
    /// @param upperLinks number of links on the levels above 0
    record HnswIndexLayout(
            int items,
            int width,
            int coordinates,
            int levels,
            int entry,
            int maxNeighbours,
            int upperItems,
            long groundLinks,
            long upperLinks) {

        static final long MAGIC = 0x78694d4d66666944L; // "DiffMMix"
        static final int VERSION = 1;
        static final int HEADER_BYTES = 64;

        private static final int ALIGNMENT = 64;

        long queryRows() {
            return HEADER_BYTES;
        }

        long queryOffsets() {
            return after(queryRows(), (long) coordinates * width * Float.BYTES);
        }

        long keys() {
            return after(queryOffsets(), (long) coordinates * Float.BYTES);
        }

        long groundOffsets() {
            return after(keys(), (long) items * coordinates);
        }

        long groundLinksStart() {
            return after(groundOffsets(), (items + 1L) * Integer.BYTES);
        }

        long levelSizes() {
            return after(groundLinksStart(), groundLinks * Integer.BYTES);
        }

        long upperItemsStart() {
            return after(levelSizes(), (levels - 1L) * Integer.BYTES);
        }

        long upperOffsets() {
            return after(upperItemsStart(), (long) upperItems * Integer.BYTES);
        }

        long upperLinksStart() {
            return after(upperOffsets(), (upperItems + 1L) * Integer.BYTES);
        }

        long vectors() {
            return after(upperLinksStart(), upperLinks * Integer.BYTES);
        }

        long biases() {
            return after(vectors(), (long) items * width * Float.BYTES);
        }

        /// Returns the length of the file.
        long bytes() {
            return after(biases(), (long) items * Float.BYTES);
        }

        private static long after(long start, long bytes) {
            return (start + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        }
    }
}

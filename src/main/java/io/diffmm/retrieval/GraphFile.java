package io.diffmm.retrieval;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A mapped index, every number of which was checked: whatever the file holds, a search over it stays within it.
///
/// Memory: the mapping ends with [#close]; nothing of it may be used afterwards.
final class GraphFile implements AutoCloseable {

    /// No list of items is longer.
    private static final int MOST_LEVELS = 64;

    private static final int MOST_WIDTH = 100_000;

    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final GraphLayout layout;
    private final ItemVectors vectors;

    private GraphFile(Path path, FileChannel channel, Arena arena) throws IOException {
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

    /// Maps a file.
    ///
    /// @throws InvalidGraphException if it is not an index or damaged
    /// @throws UncheckedIOException if it cannot be read
    static GraphFile open(Path path) {
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new GraphFile(path, channel, arena);
        } catch (IOException e) {
            arena.close();
            throw new UncheckedIOException("cannot read %s: %s".formatted(path, e.getMessage()), e);
        } catch (RuntimeException | Error e) {
            arena.close();
            throw e;
        }
    }

    GraphLayout layout() {
        return layout;
    }

    ItemVectors vectors() {
        return vectors;
    }

    /// The codes of all items, `[I, K]`.
    MemorySegment keys() {
        return file.asSlice(layout.keys(), (long) layout.items() * layout.coordinates());
    }

    /// An int32 of a section.
    int number(long section, long index) {
        return file.get(GraphWriter.INT, section + index * Integer.BYTES);
    }

    /// A float32 of a section.
    float real(long section, long index) {
        return file.get(ItemVectors.FLOAT, section + index * Float.BYTES);
    }

    private GraphLayout header() {
        if (file.byteSize() < GraphLayout.HEADER_BYTES || file.get(GraphWriter.LONG, 0) != GraphLayout.MAGIC) {
            throw invalid("not the index of a catalogue");
        }
        if (header(0) != GraphLayout.VERSION) {
            throw invalid("version %d; this server reads %d".formatted(header(0), GraphLayout.VERSION));
        }
        var read = new GraphLayout(
                within(1, Integer.MAX_VALUE - 1, header(1), "items"),
                within(1, MOST_WIDTH, header(2), "width"),
                within(1, GraphSettings.MOST_AXES + 1, header(3), "coordinates"),
                within(1, MOST_LEVELS, header(4), "levels"),
                within(0, header(1) - 1L, header(5), "entry"),
                within(1, 2 * GraphSettings.MOST_NEIGHBOURS, header(6), "most neighbours"),
                within(0, Integer.MAX_VALUE - 1, header(7), "items above the ground"),
                within(file.get(GraphWriter.LONG, 40), "links"),
                within(file.get(GraphWriter.LONG, 48), "links above the ground"));
        if (read.bytes() != file.byteSize()) {
            throw invalid("%d bytes long, its header says %d".formatted(file.byteSize(), read.bytes()));
        }
        return read;
    }

    private int header(int at) {
        return number(Long.BYTES, at);
    }

    private int within(long least, long most, int value, String name) {
        if (value < least || value > most) {
            throw invalid("%s: %d is not from %d to %d".formatted(name, value, least, most));
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
            if (offset < end || offset - end > (list == 0 ? 0 : layout.mostNeighbours())) {
                throw invalid("the links of list %d do not follow those before".formatted(list));
            }
            end = offset;
        }
        if (end != links) {
            throw invalid("%d links, its header says %d".formatted(end, links));
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
            throw invalid("%d items above the ground, its header says %d".formatted(place, layout.upperItems()));
        }
    }

    private void requireFinite(long section, long count) {
        for (long at = 0; at < count; at++) {
            if (!Float.isFinite(real(section, at))) {
                throw invalid("a number is not finite");
            }
        }
    }

    private InvalidGraphException invalid(String reason) {
        return new InvalidGraphException(path, reason);
    }

    @Override
    public void close() {
        arena.close();
    }
}

package io.diffmm.retrieval;

import io.diffmm.retrieval.HnswIndexFile.HnswIndexLayout;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.lucene.util.hnsw.HnswGraph;
import org.apache.lucene.util.hnsw.NeighborArray;
import org.apache.lucene.util.hnsw.OnHeapHnswGraph;

/// Writes an index in [HnswIndexLayout] to a memory-mapped file.
final class HnswIndexWriter {

    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final ItemVectors vectors;
    private final ProjectedVectors keys;
    private final OnHeapHnswGraph graph;
    private final List<int[]> upperLevels; // items of level 1, 2 and so on, ascending
    private final HnswIndexLayout layout;
    private final MemorySegment file;

    private HnswIndexWriter(
            ItemVectors vectors, ProjectedVectors keys, OnHeapHnswGraph graph, FileChannel channel, Arena arena)
            throws IOException {
        this.vectors = vectors;
        this.keys = keys;
        this.graph = graph;
        this.upperLevels = upperLevels(graph);
        this.layout = layout();
        this.file = channel.map(MapMode.READ_WRITE, 0, layout.bytes(), arena);
    }

    static void write(Path path, ItemVectors vectors, ProjectedVectors keys, OnHeapHnswGraph graph) throws IOException {
        try (FileChannel channel = FileChannel.open(
                        path,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE);
                Arena arena = Arena.ofConfined()) {
            var writer = new HnswIndexWriter(vectors, keys, graph, channel, arena);
            writer.writeHeader();
            writer.writeKeys();
            writer.writeGround();
            writer.writeUpperLevels();
            writer.writeVectors();
            writer.file.force();
        }
    }

    private static List<int[]> upperLevels(OnHeapHnswGraph graph) {
        List<int[]> levels = new ArrayList<>();
        for (int level = 1; level < graph.numLevels(); level++) {
            HnswGraph.NodesIterator items = graph.getNodesOnLevel(level);
            int[] ascending = new int[items.size()];
            items.consume(ascending);
            Arrays.sort(ascending);
            levels.add(ascending);
        }
        return levels;
    }

    private HnswIndexLayout layout() {
        long ground = 0;
        for (int item = 0; item < keys.size(); item++) {
            ground += graph.getNeighbors(0, item).size();
        }
        if (ground > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "%d links exceed the limit of an index; use fewer neighbours".formatted(ground));
        }
        long upper = 0;
        int upperItems = 0;
        for (int level = 1; level <= upperLevels.size(); level++) {
            for (int item : upperLevels.get(level - 1)) {
                upper += graph.getNeighbors(level, item).size();
                upperItems++;
            }
        }
        return new HnswIndexLayout(
                keys.size(),
                vectors.width(),
                keys.bytes(),
                graph.numLevels(),
                graph.entryNode(),
                2 * graph.maxConn(),
                upperItems,
                ground,
                upper);
    }

    private void writeHeader() {
        file.set(LONG, 0, HnswIndexLayout.MAGIC);
        int[] numbers = {
            HnswIndexLayout.VERSION,
            layout.items(),
            layout.width(),
            layout.coordinates(),
            layout.levels(),
            layout.entry(),
            layout.maxNeighbours(),
            layout.upperItems()
        };
        for (int at = 0; at < numbers.length; at++) {
            file.set(INT, Long.BYTES + (long) at * Integer.BYTES, numbers[at]);
        }
        file.set(LONG, 40, layout.groundLinks());
        file.set(LONG, 48, layout.upperLinks());
    }

    private void writeKeys() {
        for (int at = 0; at < layout.coordinates(); at++) {
            double[] row = keys.queryRow(at);
            for (int f = 0; f < row.length; f++) {
                setFloat(layout.queryRows(), (long) at * row.length + f, (float) row[f]);
            }
            setFloat(layout.queryOffsets(), at, (float) keys.queryOffset(at));
        }
        long to = layout.keys();
        for (int item = 0; item < keys.size(); item++) {
            for (int at = 0; at < layout.coordinates(); at++) {
                file.set(ValueLayout.JAVA_BYTE, to++, keys.code(item, at));
            }
        }
    }

    private void writeGround() {
        int link = 0;
        for (int item = 0; item < keys.size(); item++) {
            setInt(layout.groundOffsets(), item, link);
            link = writeLinks(layout.groundLinksStart(), link, graph.getNeighbors(0, item));
        }
        setInt(layout.groundOffsets(), keys.size(), link);
    }

    private void writeUpperLevels() {
        int place = 0;
        int link = 0;
        for (int level = 1; level <= upperLevels.size(); level++) {
            int[] items = upperLevels.get(level - 1);
            setInt(layout.levelSizes(), level - 1, items.length);
            for (int item : items) {
                setInt(layout.upperItemsStart(), place, item);
                setInt(layout.upperOffsets(), place++, link);
                link = writeLinks(layout.upperLinksStart(), link, graph.getNeighbors(level, item));
            }
        }
        setInt(layout.upperOffsets(), place, link);
    }

    /// Writes the links of one item.
    ///
    /// @return index of the next link
    private int writeLinks(long section, int from, NeighborArray neighbours) {
        for (int at = 0; at < neighbours.size(); at++) {
            setInt(section, from + at, neighbours.nodes()[at]);
        }
        return from + neighbours.size();
    }

    private void writeVectors() {
        long at = 0;
        for (int item = 0; item < vectors.size(); item++) {
            for (int f = 0; f < vectors.width(); f++) {
                setFloat(layout.vectors(), at++, vectors.value(item, f));
            }
            setFloat(layout.biases(), item, vectors.bias(item));
        }
    }

    private void setInt(long section, long index, int value) {
        file.set(INT, section + index * Integer.BYTES, value);
    }

    private void setFloat(long section, long index, float value) {
        file.set(ItemVectors.FLOAT, section + index * Float.BYTES, value);
    }
}

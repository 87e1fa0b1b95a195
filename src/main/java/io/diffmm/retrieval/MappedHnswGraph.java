package io.diffmm.retrieval;

import io.diffmm.retrieval.HnswIndexFile.HnswIndexLayout;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.hnsw.HnswGraph;

/// Adapter of the graph in an [HnswIndexFile] for Lucene's search.
///
/// Stores the position in the current list of links, so each search needs its own instance, which is cheap to create.
final class MappedHnswGraph extends HnswGraph {

    private final HnswIndexFile file;
    private final HnswIndexLayout layout;
    private long section;
    private long next;
    private long end;

    MappedHnswGraph(HnswIndexFile file) {
        this.file = file;
        this.layout = file.layout();
    }

    @Override
    public void seek(int level, int item) {
        if (level == 0) {
            range(layout.groundOffsets(), item, layout.groundLinksStart());
            return;
        }
        long place = place(level, item);
        if (place < levelStart(level + 1) && file.number(layout.upperItemsStart(), place) == item) {
            range(layout.upperOffsets(), place, layout.upperLinksStart());
        } else {
            end = next; // damaged file: the item is not on this level, so it has no links there
        }
    }

    private void range(long offsets, long list, long links) {
        section = links;
        next = file.number(offsets, list);
        end = file.number(offsets, list + 1);
    }

    /// Finds the index of an item of a level above 0 among all upper items, by binary search; the index of the next
    /// greater item if the level does not contain it.
    private long place(int level, int item) {
        long low = levelStart(level);
        long high = levelStart(level + 1);
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (file.number(layout.upperItemsStart(), middle) < item) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private long levelStart(int level) {
        long start = 0;
        for (int below = 1; below < level; below++) {
            start += file.number(layout.levelSizes(), below - 1L);
        }
        return start;
    }

    @Override
    public int nextNeighbor() {
        return next < end ? file.number(section, next++) : DocIdSetIterator.NO_MORE_DOCS;
    }

    @Override
    public int neighborCount() {
        return (int) (end - next);
    }

    @Override
    public int size() {
        return layout.items();
    }

    @Override
    public int numLevels() {
        return layout.levels();
    }

    @Override
    public int maxConn() {
        return layout.maxNeighbours();
    }

    @Override
    public int entryNode() {
        return layout.entry();
    }

    @Override
    public NodesIterator getNodesOnLevel(int level) {
        if (level == 0) {
            return new DenseNodesIterator(size());
        }
        int[] items = new int[file.number(layout.levelSizes(), level - 1L)];
        for (int at = 0; at < items.length; at++) {
            items[at] = file.number(layout.upperItemsStart(), levelStart(level) + at);
        }
        return new ArrayNodesIterator(items, items.length);
    }
}

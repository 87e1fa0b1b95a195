package io.diffmm.retrieval;

/// What stands where in the file of a graph.
///
/// All numbers are little-endian. A header of 64 bytes, then sections, each at a multiple of 64 bytes:
///
/// | section | type | numbers |
/// |---|---|---|
/// | header | int64 | magic `DiffMMix` |
/// | | int32 | version 1, items I, width F, coordinates K, levels, entry item, most neighbours, items above the ground
/// U |
/// | | int64 | links on the ground, links above it |
/// | query rows | float32 | `[K, F]` |
/// | query offsets | float32 | `[K]` |
/// | keys | int8 | `[I, K]` |
/// | ground offsets, ground links | int32 | `[I + 1]`, `[links]` |
/// | level sizes | int32 | `[levels - 1]`, their sum is U |
/// | upper items, upper offsets, upper links | int32 | `[U]` ascending in each level, `[U + 1]`, `[links above]` |
/// | vectors, biases | float32 | `[I, F]`, `[I]` |
///
/// @param levels how many levels the graph has; level 0, the ground, holds every item
/// @param entry the item of the highest level that searches begin at
/// @param mostNeighbours no item has more links on one level
record GraphLayout(
        int items,
        int width,
        int coordinates,
        int levels,
        int entry,
        int mostNeighbours,
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

    /// How long the file is.
    long bytes() {
        return after(biases(), (long) items * Float.BYTES);
    }

    private static long after(long start, long bytes) {
        return (start + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}

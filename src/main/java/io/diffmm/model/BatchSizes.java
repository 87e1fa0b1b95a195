package io.diffmm.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// Batch sizes of a device.
///
/// A CPU computes a batch of any size. On a GPU each new size stalls its first batch; batches are therefore padded to
/// the next of a few sizes, all of which are computed once before the model reports ready.
public final class BatchSizes {

    private final List<Integer> warmed;
    private final boolean padded;

    private BatchSizes(List<Integer> warmed, boolean padded) {
        this.warmed = List.copyOf(warmed);
        this.padded = padded;
    }

    /// Returns all sizes up to `max`.
    public static BatchSizes any(int max) {
        return new BatchSizes(IntStream.of(1, max).distinct().boxed().toList(), false);
    }

    /// Returns the powers of two below `max`, and `max`.
    public static BatchSizes few(int max) {
        List<Integer> sizes = new ArrayList<>();
        for (int size = 1; size < max; size *= 2) {
            sizes.add(size);
        }
        sizes.add(max);
        return new BatchSizes(sizes, true);
    }

    /// Sizes to compute before the first request, smallest first.
    public List<Integer> warmed() {
        return warmed;
    }

    /// Maximum size.
    public int max() {
        return warmed.getLast();
    }

    /// Returns the batch padded with its first element to a size of this device; results of the padding are to be
    /// discarded.
    ///
    /// @param batch not empty, and not larger than the maximum size
    public <T> List<T> padded(List<T> batch) {
        if (!padded) {
            return batch;
        }
        int size = warmed.stream()
                .filter(candidate -> candidate >= batch.size())
                .findFirst()
                .orElseThrow();
        List<T> filled = new ArrayList<>(batch);
        filled.addAll(Collections.nCopies(size - batch.size(), batch.getFirst()));
        return filled;
    }
}

package io.diffmm.model;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;

/// The batch sizes that the device computes.
///
/// A processor computes a batch of any size as it comes. On a GPU each new size stalls its first batch; so there a
/// batch is filled up to the next of a few sizes, which are all computed once before the model reports ready.
public final class BatchSizes {

    private final List<Integer> warmed;
    private final boolean padded;

    private BatchSizes(List<Integer> warmed, boolean padded) {
        this.warmed = List.copyOf(warmed);
        this.padded = padded;
    }

    /// Any size up to `most`.
    public static BatchSizes any(int most) {
        return new BatchSizes(IntStream.of(1, most).distinct().boxed().toList(), false);
    }

    /// The powers of two up to `most`, and `most`.
    public static BatchSizes few(int most) {
        List<Integer> sizes = new ArrayList<>();
        for (int size = 1; size < most; size *= 2) {
            sizes.add(size);
        }
        sizes.add(most);
        return new BatchSizes(sizes, true);
    }

    /// The sizes to compute before the first request, smallest first.
    public List<Integer> warmed() {
        return warmed;
    }

    /// The greatest size.
    public int most() {
        return warmed.getLast();
    }

    /// The batch filled up with its first element to a size that the device computes; what is computed of the filling
    /// is of no use.
    ///
    /// @param batch not empty, and not larger than the greatest size
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

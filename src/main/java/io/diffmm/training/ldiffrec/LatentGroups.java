package io.diffmm.training.ldiffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.engine.EngineArrays;
import java.util.Arrays;

/// Which numbers of a latent row are made from which items: every group of items has an encoder of its own.
///
/// The widths of the groups are in proportion to their sizes, and at least 1.
final class LatentGroups {

    private final int[] groups; // [I]
    private final int[] sizes; // [C]
    private final int[] widths; // [C]

    /// The numbers of some groups.
    ///
    /// @param groups of each item, 0 to `count - 1`
    /// @param width L, at least `count`
    LatentGroups(int[] groups, int count, int width) {
        this.groups = groups;
        this.sizes = new int[count];
        Arrays.stream(groups).forEach(group -> sizes[group]++);
        this.widths = widths(width);
    }

    /// Whole numbers that sum to `width`, as near to the shares as can be: what is left after rounding down
    /// goes to those that lack most.
    private int[] widths(int width) {
        int[] widths = new int[sizes.length];
        for (int group = 0; group < sizes.length; group++) {
            widths[group] = Math.max(1, (int) ((long) width * sizes[group] / groups.length));
        }
        for (int left = width - Arrays.stream(widths).sum(); left != 0; left -= Integer.signum(left)) {
            widths[furthest(widths, width, Integer.signum(left))] += Integer.signum(left);
        }
        return widths;
    }

    private int furthest(int[] widths, int width, int direction) {
        int furthest = -1;
        double most = Double.NEGATIVE_INFINITY;
        for (int group = 0; group < widths.length; group++) {
            double lacks = direction * ((double) width * sizes[group] / groups.length - widths[group]);
            if (lacks > most && widths[group] + direction > 0) {
                most = lacks;
                furthest = group;
            }
        }
        return furthest;
    }

    /// How many numbers each group has.
    int[] widths() {
        return widths.clone();
    }

    /// 1 where the group of an item is that of a number, else 0, `[I, L]`.
    NDArray mask(NDManager manager) {
        int width = Arrays.stream(widths).sum();
        float[] mask = new float[Math.multiplyExact(groups.length, width)];
        int[] starts = starts();
        for (int item = 0; item < groups.length; item++) {
            int from = item * width + starts[groups[item]];
            Arrays.fill(mask, from, from + widths[groups[item]], 1);
        }
        return EngineArrays.dense(manager, mask, new Shape(groups.length, width));
    }

    /// The deviation of the encoders' random weights, `sqrt(2 / (fan in + fan out))` of each number's group, `[L]`.
    ///
    /// An encoder gives a mean and a log-variance, so its fan out is twice its width.
    NDArray deviations(NDManager manager) {
        float[] deviations = new float[Arrays.stream(widths).sum()];
        int[] starts = starts();
        for (int group = 0; group < widths.length; group++) {
            float deviation = (float) Math.sqrt(2.0 / (sizes[group] + 2 * widths[group]));
            Arrays.fill(deviations, starts[group], starts[group] + widths[group], deviation);
        }
        return EngineArrays.dense(manager, deviations, new Shape(deviations.length));
    }

    private int[] starts() {
        int[] starts = new int[widths.length];
        for (int group = 1; group < widths.length; group++) {
            starts[group] = starts[group - 1] + widths[group - 1];
        }
        return starts;
    }
}

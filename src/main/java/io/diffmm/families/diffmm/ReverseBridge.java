package io.diffmm.families.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.diffmm.engine.VectorMath;

/// Reverse process of the bridge diffusion, from a user's vector to that of the next item; equations in
/// [BridgeTrainer].
///
/// Plain Java in float64 with a fixed order of additions, user by user: the same result in any batch and
/// on any device. Immutable.
final class ReverseBridge {

    private final EmbeddingTable inner; // A [2d, h]
    private final EmbeddingTable bias; // b [T, h]
    private final EmbeddingTable outer; // B [h, d]
    private final int steps;

    private ReverseBridge(EmbeddingTable inner, EmbeddingTable bias, EmbeddingTable outer, int steps) {
        this.inner = inner;
        this.bias = bias;
        this.outer = outer;
        this.steps = steps;
    }

    /// Returns the process with the parameters among published arrays.
    static ReverseBridge of(NDList arrays) {
        NDArray bias = arrays.get(PublishedArrays.BRIDGE_BIAS);
        return new ReverseBridge(
                EmbeddingTable.of(arrays.get(PublishedArrays.BRIDGE_INNER)),
                EmbeddingTable.of(bias),
                EmbeddingTable.of(arrays.get(PublishedArrays.BRIDGE_OUTER)),
                (int) bias.getShape().get(0));
    }

    /// Computes the last prediction of the next item's unit vector.
    ///
    /// @param user unit vector `[d]`; zero stays possible
    double[] clean(double[] user) {
        double[] fixed = new double[inner.columns()]; // u A, equal in all steps
        for (int at = 0; at < user.length; at++) {
            inner.addTo(fixed, user.length + at, user[at]);
        }
        double[] clean = predicted(user, fixed, steps);
        for (int step = steps - 1; step > 0; step--) {
            double share = (double) step / steps;
            double[] state = new double[user.length];
            VectorMath.addScaled(state, clean, 1 - share);
            VectorMath.addScaled(state, user, share);
            clean = predicted(unit(state), fixed, step);
        }
        return clean;
    }

    private double[] predicted(double[] state, double[] fixed, int step) {
        double[] hidden = fixed.clone();
        for (int at = 0; at < state.length; at++) {
            inner.addTo(hidden, at, state[at]);
        }
        bias.addTo(hidden, step - 1, 1);
        double[] clean = state.clone();
        for (int at = 0; at < hidden.length; at++) {
            outer.addTo(clean, at, StrictMath.tanh(hidden[at]));
        }
        return unit(clean);
    }

    private static double[] unit(double[] vector) {
        double length = VectorMath.norm(vector);
        for (int at = 0; at < vector.length && length > 0; at++) {
            vector[at] /= length;
        }
        return vector;
    }
}

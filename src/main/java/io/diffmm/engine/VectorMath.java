package io.diffmm.engine;

/// Vector arithmetic in float64.
///
/// Each method fixes the order of its additions, so that results are bit-equal on every machine.
public final class VectorMath {

    private VectorMath() {}

    /// Returns `left . right`, summed from the first to the last product.
    public static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int at = 0; at < left.length; at++) {
            sum += left[at] * right[at];
        }
        return sum;
    }

    /// Returns `left . right`, summed separately over even and odd places. Faster than [#dot], because consecutive
    /// additions do not depend on each other, but rounds differently.
    public static double dotUnrolled(double[] left, double[] right) {
        double a = 0;
        double b = 0;
        int even = left.length - left.length % 2;
        for (int at = 0; at < even; at += 2) {
            a += left[at] * right[at];
            b += left[at + 1] * right[at + 1];
        }
        return even == left.length ? a + b : a + b + left[even] * right[even];
    }

    /// Returns the Euclidean norm.
    public static double norm(double[] vector) {
        double squares = 0;
        for (double value : vector) {
            squares += value * value;
        }
        return Math.sqrt(squares);
    }

    /// Returns the squared Euclidean norm.
    public static double squaredNorm(float[] vector) {
        double sum = 0;
        for (float value : vector) {
            sum += (double) value * value;
        }
        return sum;
    }

    /// Returns the greatest absolute value; 0 for an empty vector.
    public static double maxNorm(double[] vector) {
        double greatest = 0;
        for (double value : vector) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    /// Multiplies a vector by a factor, in place.
    public static void scale(double[] vector, double factor) {
        for (int at = 0; at < vector.length; at++) {
            vector[at] *= factor;
        }
    }

    /// Multiplies a vector by a factor, in place. The products are rounded once.
    public static void scale(float[] vector, double factor) {
        for (int at = 0; at < vector.length; at++) {
            vector[at] = (float) (vector[at] * factor);
        }
    }

    /// Adds `factor * vector` to `total`, in place.
    public static void addScaled(double[] total, double[] vector, double factor) {
        for (int at = 0; at < total.length; at++) {
            total[at] += factor * vector[at];
        }
    }
}

package io.diffmm.families.denoiser;

import java.util.Arrays;

/// Eigenvalues of a small symmetric matrix in float64: Jacobi's rotations, until the off-diagonal elements vanish.
final class SymmetricEigenvalues {

    private static final int SWEEPS = 50;

    private SymmetricEigenvalues() {}

    /// The eigenvalues, greatest first.
    static double[] of(double[][] matrix) {
        double[][] a = Arrays.stream(matrix).map(double[]::clone).toArray(double[][]::new);
        for (int sweep = 0; sweep < SWEEPS; sweep++) {
            for (int p = 0; p < a.length; p++) {
                for (int q = p + 1; q < a.length; q++) {
                    rotate(a, p, q);
                }
            }
        }
        double[] values = new double[a.length];
        Arrays.setAll(values, at -> -a[at][at]);
        Arrays.sort(values);
        Arrays.setAll(values, at -> -values[at]);
        return values;
    }

    /// Rotates `a[p][q]` to zero.
    private static void rotate(double[][] a, int p, int q) {
        if (Math.abs(a[p][q]) < 1e-14) {
            return;
        }
        double angle = Math.atan2(2 * a[p][q], a[q][q] - a[p][p]) / 2;
        double cosine = Math.cos(angle);
        double sine = Math.sin(angle);
        for (double[] row : a) {
            double left = row[p];
            row[p] = cosine * left - sine * row[q];
            row[q] = sine * left + cosine * row[q];
        }
        for (int column = 0; column < a.length; column++) {
            double above = a[p][column];
            a[p][column] = cosine * above - sine * a[q][column];
            a[q][column] = sine * above + cosine * a[q][column];
        }
    }
}

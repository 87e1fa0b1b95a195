package io.diffmm.linear;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;

/// `X^T X + lambda I`: how many users two items share, made a row of blocks at a time from sparse rows.
final class GramMatrix {

    private final InteractionMatrix train;
    private final double lambda;
    private final int[] offsets; // of users in items
    private final int[] items;
    private final int[] itemOffsets; // of items in users
    private final int[] users;

    GramMatrix(InteractionMatrix train, double lambda) {
        if (!Double.isFinite(lambda) || lambda <= 0) {
            throw new IllegalArgumentException("lambda is %s; need a number above zero".formatted(lambda));
        }
        this.train = train;
        this.lambda = lambda;
        this.offsets = train.offsets();
        this.items = train.items();
        InteractionMatrix byItem = train.transposed();
        this.itemOffsets = byItem.offsets();
        this.users = byItem.items();
    }

    /// The matrix in blocks of a width.
    SymmetricMatrix blocks(int width, NDManager parent) {
        SymmetricMatrix matrix = new SymmetricMatrix(train.columns(), width, parent);
        for (int block = 0; block < matrix.blocks(); block++) {
            matrix.add(row(matrix, block, width));
        }
        return matrix;
    }

    private double[][] row(SymmetricMatrix matrix, int row, int width) {
        double[][] blocks = new double[row + 1][];
        for (int column = 0; column <= row; column++) {
            blocks[column] = new double[matrix.height(row) * matrix.height(column)];
        }
        int from = matrix.from(row);
        for (int line = 0; line < matrix.height(row); line++) {
            count(blocks, from + line, line, matrix, width);
            blocks[row][line * matrix.height(row) + line] += lambda;
        }
        return blocks;
    }

    /// Counts, for every user of an item, the user's other items that stand in these blocks.
    private void count(double[][] blocks, int item, int line, SymmetricMatrix matrix, int width) {
        int end = matrix.from(blocks.length - 1) + matrix.height(blocks.length - 1);
        for (int at = itemOffsets[item]; at < itemOffsets[item + 1]; at++) {
            for (int other = offsets[users[at]]; other < offsets[users[at] + 1]; other++) {
                int column = items[other];
                if (column < end) {
                    int block = column / width;
                    blocks[block][line * matrix.height(block) + column % width]++;
                }
            }
        }
    }
}

package io.diffmm.model;

import java.util.List;

/// An array that is written to a file row by row, and need not be in memory as a whole.
public sealed interface TensorSource {

    /// Its name in the file.
    String name();

    /// Its dimensions, one or two.
    List<Integer> shape();

    /// Float32 numbers.
    ///
    /// @param rows fills one row after the other; an array of one dimension is one row
    record Floats(String name, List<Integer> shape, Rows rows) implements TensorSource {

        public Floats {
            shape = List.copyOf(shape);
        }
    }

    /// Int32 numbers, an array of one dimension.
    ///
    /// @param values gives the number at a place
    record Ints(String name, int size, Values values) implements TensorSource {

        @Override
        public List<Integer> shape() {
            return List.of(size);
        }
    }

    /// Where the rows of an array come from.
    @FunctionalInterface
    interface Rows {

        /// Fills `values` with a row; every number of it.
        void fill(int row, float[] values);
    }

    /// Where whole numbers come from.
    @FunctionalInterface
    interface Values {

        /// The number at a place.
        int at(int place);
    }
}

package io.diffmm.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Named arrays in a file, in the safetensors format: `safetensors.numpy.load_file(path)` in Python.
public final class Tensors {

    private static final int BUFFER = 1 << 16;

    private Tensors() {}

    /// Writes arrays under their names.
    public static void write(Path file, NDList arrays) throws IOException {
        try (var out = new BufferedOutputStream(Files.newOutputStream(file), BUFFER)) {
            arrays.encode(out, NDList.Encoding.SAFETENSORS);
        }
    }

    /// Reads every array of a file.
    ///
    /// @param manager owns the arrays
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if it is not in the format
    public static NDList read(Path file, NDManager manager) throws IOException {
        try {
            return TensorReader.read(file, manager);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("%s is not a safetensors file: %s".formatted(file, e.getMessage()), e);
        }
    }

    /// The array of that name, of whatever shape.
    ///
    /// @throws IllegalArgumentException if it is missing
    public static NDArray require(NDList arrays, String name) {
        if (!arrays.contains(name)) {
            throw new IllegalArgumentException("array '%s' is missing".formatted(name));
        }
        return arrays.get(name);
    }

    /// The array of that name and shape.
    ///
    /// @throws IllegalArgumentException if it is missing or has another shape
    public static NDArray require(NDList arrays, String name, long dimension, long... further) {
        NDArray array = require(arrays, name);
        Shape expected = new Shape(dimension).addAll(new Shape(further));
        if (!array.getShape().equals(expected)) {
            throw new IllegalArgumentException(
                    "array '%s' has shape %s, not %s".formatted(name, array.getShape(), expected));
        }
        return array;
    }

    /// The array of that name, of one dimension and int32, with values from 1 on.
    ///
    /// @throws IllegalArgumentException if it is anything else
    public static NDArray requireCounts(NDList arrays, String name, long dimension) {
        NDArray array = require(arrays, name, dimension);
        if (array.getDataType() != DataType.INT32) {
            throw new IllegalArgumentException("array '%s' is %s, not int32".formatted(name, array.getDataType()));
        }
        for (int value : array.toIntArray()) {
            if (value < 1) {
                throw new IllegalArgumentException("array '%s' holds %d; need at least 1".formatted(name, value));
            }
        }
        return array;
    }

    /// Refuses an array that is not float32, or has a value that is not a finite number.
    ///
    /// @throws IllegalArgumentException naming the array
    public static void requireFinite(NDArray array) {
        if (array.getDataType() != DataType.FLOAT32) {
            throw new IllegalArgumentException(
                    "array '%s' is %s, not float32".formatted(array.getName(), array.getDataType()));
        }
        try (NDArray sum = array.sum()) {
            if (!Float.isFinite(sum.getFloat())) {
                throw new IllegalArgumentException(
                        "array '%s' has values that are not finite".formatted(array.getName()));
            }
        }
    }

    /// Overwrites arrays with those of the same name.
    ///
    /// @throws IllegalArgumentException if one is missing or has another shape; none is overwritten then
    public static void copyInto(NDList source, NDList targets) {
        for (NDArray target : targets) {
            if (!require(source, target.getName()).getShape().equals(target.getShape())) {
                throw new IllegalArgumentException("array '%s' has shape %s, not %s"
                        .formatted(
                                target.getName(), source.get(target.getName()).getShape(), target.getShape()));
            }
        }
        targets.forEach(target -> source.get(target.getName()).copyTo(target));
    }

    /// A second handle to the same values that `scope` owns, so that what is computed from it attaches there.
    public static NDArray alias(NDArray array, NDManager scope) {
        NDArray alias = array.stopGradient();
        alias.setName(array.getName());
        alias.attach(scope);
        return alias;
    }
}

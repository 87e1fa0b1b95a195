package io.diffmm.model;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.io.IOException;
import java.nio.file.Path;

/// Loads published weights as every family does: into a manager that belongs to the views.
public final class PublishedWeights {

    private PublishedWeights() {}

    /// What a family makes of its arrays.
    @FunctionalInterface
    public interface Family {

        /// The views that arrays give, which are checked first.
        ///
        /// @param arrays as they were read; to be closed where nothing needs them any more
        /// @param manager owns them, and is taken over by the views
        /// @throws IllegalArgumentException naming the array that is missing or wrong
        Views views(NDList arrays, NDManager manager);
    }

    /// Loads a file.
    ///
    /// @param parent of the native arrays, on the device to compute with
    /// @throws IOException if the file cannot be read
    /// @throws IllegalArgumentException if its arrays are not the family's
    public static Views load(Path weights, NDManager parent, Family family) throws IOException {
        NDManager manager = parent.newSubManager();
        try {
            Views views = family.views(Tensors.read(weights, manager), manager);
            manager.cap(); // from here on whatever attaches to the model itself would be a leak, and is refused
            return views;
        } catch (IOException | RuntimeException | Error e) {
            manager.close();
            throw e;
        }
    }
}

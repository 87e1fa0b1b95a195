/// Interactions, items and item features in memory: id indexes, sparse matrices, held-out items and a complete dataset.
///
/// Immutable values without files: readers are in `datasets.reading`.
@NullMarked
package io.diffmm.datasets;

import org.jspecify.annotations.NullMarked;

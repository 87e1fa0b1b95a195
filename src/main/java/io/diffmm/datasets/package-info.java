/// Interactions, item features and item descriptions: readers of files and of the database of live
/// interactions, splits, indexes, sparse matrices, and the generator of the demo data.
@NullMarked
package io.diffmm.datasets;

import org.jspecify.annotations.NullMarked;

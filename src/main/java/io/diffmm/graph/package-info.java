/// Normalised bipartite graph of users and items, as sparse matrices for propagation.
///
/// The propagation itself is part of the model programs.
@NullMarked
package io.diffmm.graph;

import org.jspecify.annotations.NullMarked;

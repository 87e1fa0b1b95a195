/// The normalised bipartite graph of users and items, and propagation over it.
@NullMarked
package io.diffmm.graph;

import org.jspecify.annotations.NullMarked;

/// Maximum inner product search: finds the items whose vectors have the greatest inner products with a query.
///
/// A search may use approximate products to find candidates, but orders its result by exact ones. Contains flat
/// scans, an HNSW index and its file format. Does not depend on models or users.
@NullMarked
package io.diffmm.retrieval;

import org.jspecify.annotations.NullMarked;

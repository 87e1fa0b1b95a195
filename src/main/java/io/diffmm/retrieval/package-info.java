/// Maximum inner product search: the items whose vectors have the greatest products with a query.
///
/// A search may look at approximate products, but what it returns is ordered by exact ones. Nothing here knows models
/// or users.
@NullMarked
package io.diffmm.retrieval;

import org.jspecify.annotations.NullMarked;

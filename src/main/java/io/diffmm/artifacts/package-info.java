/// Published models in a directory or bucket: format, manifest, digests, versions, atomic publication.
///
/// Treats weights as files with a digest; their meaning is in `model`.
@NullMarked
package io.diffmm.artifacts;

import org.jspecify.annotations.NullMarked;

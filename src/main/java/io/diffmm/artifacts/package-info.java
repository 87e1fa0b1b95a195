/// Published models on disk: format, manifest, digests, versions, atomic publishing.
///
/// What the weights mean is in `model`; here they are files with a digest.
@NullMarked
package io.diffmm.artifacts;

import org.jspecify.annotations.NullMarked;

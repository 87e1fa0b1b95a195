/// Extensions of DJL's PyTorch engine: arrays in native memory, TorchScript programs, intra-op threads; and vector
/// arithmetic in plain Java.
///
/// Contains no model and no knowledge of users or items.
@NullMarked
package io.diffmm.engine;

import org.jspecify.annotations.NullMarked;

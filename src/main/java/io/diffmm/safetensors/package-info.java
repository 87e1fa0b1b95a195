/// Files of named arrays in the safetensors format: reading, writing, and checks of the arrays read.
///
/// Holds nothing of any model; names and shapes of a family's arrays are in `families`.
@NullMarked
package io.diffmm.safetensors;

import org.jspecify.annotations.NullMarked;

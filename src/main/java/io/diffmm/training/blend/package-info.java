/// The choice of how a model's views become one score.
@NullMarked
package io.diffmm.training.blend;

import org.jspecify.annotations.NullMarked;

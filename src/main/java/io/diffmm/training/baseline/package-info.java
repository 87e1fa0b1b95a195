/// Rankings that are fitted in one step, for a trained model to be compared with.
@NullMarked
package io.diffmm.training.baseline;

import org.jspecify.annotations.NullMarked;

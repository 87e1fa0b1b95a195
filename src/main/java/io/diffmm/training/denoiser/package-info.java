/// How denoisers are trained, by each of the objectives there are.
@NullMarked
package io.diffmm.training.denoiser;

import org.jspecify.annotations.NullMarked;

/// Gaussian diffusion on interaction rows: noise schedule, noising, posterior, step embedding, denoiser and the
/// reverse process in hidden space.
///
/// Pure functions of arrays and their parameters. Does not read files, map users or start threads.
@NullMarked
package io.diffmm.diffusion;

import org.jspecify.annotations.NullMarked;

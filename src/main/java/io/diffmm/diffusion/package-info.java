/// The Gaussian diffusion on interaction rows: noise schedule, noising, posterior, step embedding, denoiser and the
/// reverse process in hidden space.
///
/// Pure functions of arrays and their parameters. Nothing here reads files, knows users or starts threads.
@NullMarked
package io.diffmm.diffusion;

import org.jspecify.annotations.NullMarked;

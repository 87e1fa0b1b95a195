/// Shared parts of the diffusion families, whose user rows pass through a denoiser: settings, conversion of histories
/// to rows, the row after reverse diffusion as a view, and the training of a denoiser by each objective.
///
/// Each family has its own package; the diffusion itself is in `diffusion`.
@NullMarked
package io.diffmm.families.denoiser;

import org.jspecify.annotations.NullMarked;

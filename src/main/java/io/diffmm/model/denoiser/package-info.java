/// What the families whose users' rows go through a denoiser have in common: settings, how a history becomes a row,
/// and the row after reverse diffusion as a view.
@NullMarked
package io.diffmm.model.denoiser;

import org.jspecify.annotations.NullMarked;

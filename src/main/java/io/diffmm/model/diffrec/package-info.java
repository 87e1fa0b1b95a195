/// DiffRec and T-DiffRec: the denoised row of a user ranks the items (Wang et al., SIGIR 2023,
/// <https://arxiv.org/abs/2304.04971>).
@NullMarked
package io.diffmm.model.diffrec;

import org.jspecify.annotations.NullMarked;

/// DiffRec and T-DiffRec: ranking by the denoised row of a user (Wang et al., SIGIR 2023,
/// <https://arxiv.org/abs/2304.04971>). Settings, serving view and training.
@NullMarked
package io.diffmm.families.diffrec;

import org.jspecify.annotations.NullMarked;

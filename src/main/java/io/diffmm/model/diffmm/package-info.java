/// DiffMM (Jiang et al. 2024, <https://arxiv.org/abs/2406.11781>): parameters, forward pass, online inference.
///
/// How the parameters are found is in `training`.
@NullMarked
package io.diffmm.model.diffmm;

import org.jspecify.annotations.NullMarked;

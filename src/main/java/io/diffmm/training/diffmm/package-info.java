/// How DiffMM is trained: diffusion, graphs, recommendation, once each an epoch (papers: Jiang et al. 2024, section 3).
@NullMarked
package io.diffmm.training.diffmm;

import org.jspecify.annotations.NullMarked;

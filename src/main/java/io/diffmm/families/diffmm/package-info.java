/// DiffMM: denoisers of user rows for each modality generate graphs, on which users and items get embeddings (Jiang et
/// al., ACM MM 2024, <https://arxiv.org/abs/2406.11781>). Settings, network, serving view and training.
@NullMarked
package io.diffmm.families.diffmm;

import org.jspecify.annotations.NullMarked;

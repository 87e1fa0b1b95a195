/// L-DiffRec and LT-DiffRec: diffusion of latent rows, which an autoencoder makes of a user's row and turns into scores
/// (Wang et al., SIGIR 2023, <https://arxiv.org/abs/2304.04971>).
@NullMarked
package io.diffmm.model.ldiffrec;

import org.jspecify.annotations.NullMarked;

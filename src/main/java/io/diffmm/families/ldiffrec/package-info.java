/// L-DiffRec and LT-DiffRec: diffusion of latent rows, encoded from user rows by an autoencoder and decoded to scores
/// (Wang et al., SIGIR 2023, <https://arxiv.org/abs/2304.04971>). Settings, serving view and training.
@NullMarked
package io.diffmm.families.ldiffrec;

import org.jspecify.annotations.NullMarked;

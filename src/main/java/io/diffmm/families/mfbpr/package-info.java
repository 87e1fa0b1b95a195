/// MF-BPR: matrix factorisation with Bayesian personalised ranking (Rendle et al., UAI 2009,
/// <https://arxiv.org/abs/1205.2618>). Settings, serving view and training.
@NullMarked
package io.diffmm.families.mfbpr;

import org.jspecify.annotations.NullMarked;

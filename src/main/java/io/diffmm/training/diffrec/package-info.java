/// How DiffRec and T-DiffRec are trained.
@NullMarked
package io.diffmm.training.diffrec;

import org.jspecify.annotations.NullMarked;

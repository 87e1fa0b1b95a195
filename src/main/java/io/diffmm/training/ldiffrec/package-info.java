/// How L-DiffRec and LT-DiffRec are trained.
@NullMarked
package io.diffmm.training.ldiffrec;

import org.jspecify.annotations.NullMarked;

/// Invented models of DiffMM.
@NullMarked
package io.diffmm.model.diffmm;

import org.jspecify.annotations.NullMarked;

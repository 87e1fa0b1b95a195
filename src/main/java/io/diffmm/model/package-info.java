/// What every family of models offers to training, evaluation and serving; one sub-package a family.
@NullMarked
package io.diffmm.model;

import org.jspecify.annotations.NullMarked;

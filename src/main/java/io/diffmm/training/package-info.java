/// The training job: settings, optimiser loop, progress, checkpoints, publishing; one sub-package a family of models.
@NullMarked
package io.diffmm.training;

import org.jspecify.annotations.NullMarked;

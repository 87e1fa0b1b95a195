/// Training job: request, epoch loop, checkpoint, hyper-parameter search, offline evaluation, quality gate,
/// publication.
///
/// Model families implement [TrainerFamily] and [TrainingRun] in their own packages; this package contains no network
/// and
/// no gradient.
@NullMarked
package io.diffmm.training;

import org.jspecify.annotations.NullMarked;

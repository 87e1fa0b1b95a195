/// Training job: request, epoch loop, checkpoint, searches, offline evaluation, quality gate and publication.
///
/// Model families implement [TrainerFamily] and [TrainingRun] in their own packages; this package contains no network
/// and no gradient.
@NullMarked
package io.diffmm.training;

import org.jspecify.annotations.NullMarked;

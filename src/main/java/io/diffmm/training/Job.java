package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.blend.ModelFiles;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What all parts of a training job work with.
///
/// @param beside the models whose views join the blend
/// @param checkpoint of the run that is at work
/// @param out receives lines for a person to read
/// @param terminal whether somebody watches, so that a progress bar makes sense
/// @param manager parent of the native arrays, on the device to train with
record Job(
        TrainingRequest request,
        TrainerFamily<?> family,
        List<ModelFiles.Member> beside,
        Dataset dataset,
        Validation validation,
        Checkpoint checkpoint,
        StageClock clock,
        PrintStream out,
        StopSignal stop,
        boolean terminal,
        NDManager manager) {

    /// A part of this job that says nothing, and is not in the report's list of stages.
    Job quietly(Checkpoint other, NDManager own) {
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new Job(
                request, family, beside, dataset, validation, other, new StageClock(), silent, stop, terminal, own);
    }
}

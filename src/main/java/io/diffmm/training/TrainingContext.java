package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.blend.ModelFiles;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Collaborators shared by all parts of a training job.
///
/// @param ensemble models whose views join the blend
/// @param checkpoint checkpoint of the active run
/// @param out output for progress lines
/// @param terminal true if `out` is an interactive terminal, which gets a progress bar
/// @param manager parent of the native arrays, on the training device
record TrainingContext(
        TrainingRequest request,
        TrainerFamily<?> family,
        List<ModelFiles.Member> ensemble,
        Dataset dataset,
        Validation validation,
        Checkpoint checkpoint,
        StageProfiler stages,
        PrintStream out,
        StopSignal stop,
        boolean terminal,
        NDManager manager) {

    /// Returns a context for a part of this job that prints nothing and does not appear among the report's stages.
    TrainingContext quiet(Checkpoint other, NDManager own) {
        PrintStream silent = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new TrainingContext(
                request,
                family,
                ensemble,
                dataset,
                validation,
                other,
                new StageProfiler(),
                silent,
                stop,
                terminal,
                own);
    }
}

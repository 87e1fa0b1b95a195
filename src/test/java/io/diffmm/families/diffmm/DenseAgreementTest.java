package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.DenseReverseDiffusion;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.Prediction;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.families.denoiser.HistoryRows;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.ranking.TopK;
import io.diffmm.safetensors.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Reverse diffusion in hidden space against the published loop, for every user of a trained model: the one of this
/// repository, or another by `-Ddiffmm.artifact=DIR`.
class DenseAgreementTest {

    private static final int BATCH = 256;
    private static final int TOP = 20;

    private final Artifact artifact = ArtifactReader.open(ArtifactLocator.resolve(
            Path.of(System.getProperty("diffmm.artifact", "model-artifacts/demo")), Optional.empty()));
    private float greatestDifference;

    @Test
    void hiddenSpace_everyUserOfATrainedModel_hasTheDenseLoopsScoresAndTop20() throws IOException {
        DiffMmSettings settings = DiffMmSettings.of(artifact.manifest().settings());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDList arrays = Tensors.read(artifact.weights(), manager);
            for (String modality : PublishedArrays.modalities(arrays)) {
                Denoiser denoiser = Denoiser.of(arrays, PublishedArrays.denoiser(modality));
                var schedule = settings.diffusion().schedule();
                Prediction prediction = settings.diffusion().prediction();
                compareAll(
                        HistoryRows.of(artifact.contents().items().size(), settings.diffusion(), TemporalWeights.NONE),
                        new HiddenReverseDiffusion(manager, denoiser, schedule, prediction),
                        denoiser.output(),
                        new DenseReverseDiffusion(denoiser, schedule, prediction),
                        manager);
                System.out.printf(
                        "%s, %s: greatest difference %.1e over %d users%n",
                        artifact.directory().getFileName(),
                        modality,
                        greatestDifference,
                        artifact.contents().histories().rows());
            }
        }
        assertThat(greatestDifference).isLessThanOrEqualTo(1e-5f);
    }

    private void compareAll(
            HistoryRows historyRows,
            HiddenReverseDiffusion hidden,
            Denoiser.Layer output,
            DenseReverseDiffusion dense,
            NDManager manager) {
        InteractionMatrix histories = artifact.contents().histories();
        for (int from = 0; from < histories.rows(); from += BATCH) {
            SparseRows rows = historyRows.of(IntStream.range(from, Math.min(from + BATCH, histories.rows()))
                    .mapToObj(histories::row)
                    .toList());
            try (NDManager scope = manager.newSubManager()) {
                compare(hidden.denoised(rows, output, scope), dense.denoise(rows, scope), rows);
            }
        }
    }

    private void compare(NDArray hidden, NDArray dense, SparseRows rows) {
        float[] fast = hidden.toFloatArray();
        float[] slow = dense.toFloatArray();
        for (int at = 0; at < fast.length; at++) {
            greatestDifference = Math.max(greatestDifference, Math.abs(fast[at] - slow[at]));
        }
        for (int row = 0; row < rows.size(); row++) {
            assertThat(top(fast, row, rows.columns())).containsExactlyInAnyOrder(top(slow, row, rows.columns()));
        }
    }

    private static int[] top(float[] scores, int row, int items) {
        return TopK.best(Arrays.copyOfRange(scores, row * items, (row + 1) * items), new BitSet(), TOP);
    }
}

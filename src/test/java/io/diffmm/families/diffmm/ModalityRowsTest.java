package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.DenoiserSettings.Initialisation;
import io.diffmm.families.denoiser.FeedbackOracle;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel.UserVector;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.StageTimes;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Edges generated from denoised rows with feedback.
class ModalityRowsTest {

    @ParameterizedTest(name = "{0} passes")
    @ValueSource(ints = {2, 4})
    void edges_withFeedback_areTheBestItemsOfTheLastRow_inTrainingAndServing(int passes) {
        DiffMmSettings settings = withFeedback(passes);
        Dataset dataset = Checkerboard.dataset("acoustic", "visual");
        List<int[]> histories = histories(dataset.train());
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            manager.getEngine().setRandomSeed(9);
            DiffMm model = new DiffMm(manager, settings, dataset.train(), dataset.features());
            List<InteractionMatrix> generated = model.generateGraphs();
            for (int m = 0; m < generated.size(); m++) {
                var denoiser = model.denoisers().get(m);
                var oracle = new FeedbackOracle(denoiser.parameters(""), settings.diffusion(), TemporalWeights.NONE);
                ItemSearches searches = ItemSearches.scans(Precision.INT8, manager);
                ModalityRows served = ModalityRows.open("visual", denoiser, settings, searches, manager);
                List<UserVector> users = served.users(histories, Recency.NONE);
                List<int[]> edges = served.edges(histories, users, Recency.NONE, new StageTimes());
                for (int user = 0; user < histories.size(); user++) {
                    int[] best = Arrays.copyOf(
                            FeedbackOracle.order(oracle.scores(histories.get(user))),
                            settings.recommendation().edgesPerUser());
                    Arrays.sort(best);
                    assertThat(edges.get(user)).isEqualTo(best);
                    assertThat(generated.get(m).row(user)).isEqualTo(best);
                }
                served.close();
            }
        }
    }

    private static List<int[]> histories(InteractionMatrix train) {
        return IntStream.range(0, train.rows()).mapToObj(train::row).toList();
    }

    private static DiffMmSettings withFeedback(int passes) {
        DiffMmSettings hidden =
                SettingsFixture.hiddenItems(SettingsFixture.small(1, 3, FeatureMapKind.LINEAR), Initialisation.RANDOM);
        Map<String, Object> diffusion = new LinkedHashMap<>(SettingsMapper.write(hidden.diffusion()));
        diffusion.putAll(Map.of(
                "likelihood",
                "multinomial",
                "steps",
                passes,
                "feedback",
                Map.of("share", 0.5, "items", 4),
                "row-sum",
                30));
        Map<String, Object> tree = new LinkedHashMap<>(SettingsMapper.write(hidden));
        tree.put(DenoiserSettings.SECTION, diffusion);
        return DiffMmSettings.of(tree);
    }
}

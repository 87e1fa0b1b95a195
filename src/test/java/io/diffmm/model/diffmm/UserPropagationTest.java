package io.diffmm.model.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.Recency;
import io.diffmm.model.UserHistory;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A trained user with the history that was trained on must get the very row that the whole graph's forward pass gives.
class UserPropagationTest {

    @ParameterizedTest(name = "{0} layers, {1} edges a user, {2}")
    @CsvSource({"1, 1, LINEAR", "0, 2, LEAKY_RELU", "3, 3, LINEAR"})
    void finalState_ofEveryTrainedUser_equalsTheGraphsRow(int layers, int edges, FeatureMapKind map) {
        DiffMmSettings settings = SettingsFixture.small(layers, edges, map);
        Dataset dataset = Checkerboard.dataset("acoustic", "visual");
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            manager.getEngine().setRandomSeed(7);
            DiffMm model = new DiffMm(manager, settings, dataset.train(), dataset.features());
            List<InteractionMatrix> generated = model.generateGraphs();
            NDArray main = main(model, generated, manager); // H [N, d]
            NDList arrays = model.servingArrays(generated, manager);
            var propagation = new UserPropagation(ItemStates.of(arrays, model.modalities(), layers), settings);

            float[] expected = main.toFloatArray();
            for (int user = 0; user < Checkerboard.USERS; user++) {
                int row = user;
                double[] state = propagation.finalState(
                        new UserHistory(OptionalInt.of(user), dataset.train().row(user)),
                        Recency.NONE,
                        generated.stream().map(graph -> graph.row(row)).toList());
                for (int j = 0; j < state.length; j++) {
                    assertThat(state[j]).isCloseTo(expected[user * state.length + j], within(1e-5));
                }
            }
        }
    }

    private static NDArray main(DiffMm model, List<InteractionMatrix> generated, NDManager manager) {
        model.network()
                .use(generated.stream()
                        .map(edges -> BipartiteGraph.of(edges).adjacency(manager))
                        .toList());
        return model.network().states(manager).last();
    }
}

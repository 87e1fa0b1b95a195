package io.diffmm.families.diffmm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.families.diffmm.RecommendationForm.FeatureMapKind;
import io.diffmm.graph.BipartiteGraph;
import io.diffmm.model.Recency;
import io.diffmm.model.UserHistory;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Agreement of serving with the forward pass over the whole graph: a trained user with the training history has the
/// row of the graph, and an unknown user that of a trained user with the mean embedding of the audiences.
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
            var propagation = UserPropagation.of(arrays, model.modalities(), SettingsFixture.published(settings));

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

    @ParameterizedTest(name = "floor {0}, power {1}")
    @CsvSource({"1, 0", "0.1, 3"})
    void finalState_ofAnUnknownUser_isThatOfATrainedUserWithTheMeanOfItsItemsUsers(double floor, double power) {
        DiffMmSettings settings = SettingsFixture.small(2, 1, FeatureMapKind.LINEAR);
        Dataset dataset = Checkerboard.dataset("visual");
        Recency recency = new Recency(floor, power);
        int[] history = {9, 2, 5}; // of no trained user
        List<int[]> edges = List.of(new int[] {4});
        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            manager.getEngine().setRandomSeed(8);
            DiffMm model = new DiffMm(manager, settings, dataset.train(), dataset.features());
            NDList arrays = model.servingArrays(model.generateGraphs(), manager);
            double[] unknown = propagation(arrays, model, settings)
                    .finalState(new UserHistory(OptionalInt.empty(), history), recency, edges);

            embed(arrays, 7, meanOfItemUsers(arrays, history, recency.weights(history.length)));
            double[] trained = propagation(arrays, model, settings)
                    .finalState(new UserHistory(OptionalInt.of(7), history), recency, edges);

            assertThat(unknown).containsExactly(trained, within(1e-6));
        }
    }

    private static UserPropagation propagation(NDList arrays, DiffMm model, DiffMmSettings settings) {
        return UserPropagation.of(arrays, model.modalities(), SettingsFixture.published(settings));
    }

    /// `[d]`
    private static float[] meanOfItemUsers(NDList arrays, int[] history, double[] weights) {
        float[] itemUserMeans = arrays.get(PublishedArrays.AUDIENCE).toFloatArray();
        float[] mean = new float[itemUserMeans.length / Checkerboard.ITEMS];
        for (int at = 0; at < history.length; at++) {
            for (int j = 0; j < mean.length; j++) {
                mean[j] += (float) (weights[at] / history.length * itemUserMeans[history[at] * mean.length + j]);
            }
        }
        return mean;
    }

    private static void embed(NDList arrays, int user, float[] embedding) {
        NDArray users = arrays.get(GraphParameters.USERS);
        float[] values = users.toFloatArray();
        System.arraycopy(embedding, 0, values, user * embedding.length, embedding.length);
        users.set(values);
    }

    private static NDArray main(DiffMm model, List<InteractionMatrix> generated, NDManager manager) {
        GraphNetwork network = ((GraphTrainer) model.recommendation()).network();
        network.use(generated.stream()
                .map(edges -> BipartiteGraph.of(edges).adjacency(manager))
                .toList());
        return network.states(manager).last();
    }
}

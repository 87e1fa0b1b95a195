package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.EngineArrays;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.diffusion.HiddenReverseDiffusion;
import io.diffmm.diffusion.SparseRows;
import io.diffmm.model.Recommender;
import io.diffmm.model.Tensors;
import io.diffmm.model.UserHistory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A published DiffMM at work: `history -> T-step reverse diffusion per modality -> H_u -> H_u . H_i`.
///
/// The denoised rows give the user's edges in each modality's graph; those edges and the history give the user's final
/// embedding, whose product with the items' ranks them.
///
/// Memory: owns the manager that it is given and every array in it; a call frees what it made before it returns.
public final class DiffMmRecommender implements Recommender {

    private final NDManager manager;
    private final DiffMmSettings settings;
    private final List<HiddenReverseDiffusion> diffusions;
    private final UserPropagation propagation;
    private final NDArray items; // H_i transposed, [d, I]

    /// A recommender over published arrays.
    ///
    /// @param manager taken over, with the arrays in it
    /// @param arrays what [DiffMm#servingArrays] gives
    DiffMmRecommender(NDManager manager, NDList arrays, DiffMmSettings settings) {
        this.manager = manager;
        this.settings = settings;
        List<String> modalities = PublishedArrays.modalities(arrays);
        var schedule = settings.diffusion().schedule();
        this.diffusions = modalities.stream()
                .map(name -> Denoiser.of(arrays, WeightNames.denoiser(name)))
                .map(denoiser -> new HiddenReverseDiffusion(manager, denoiser, schedule))
                .toList();
        this.propagation = new UserPropagation(ItemStates.of(arrays, modalities, settings.layers()), settings);
        try (NDManager scope = manager.newSubManager()) {
            NDArray last = Tensors.alias(arrays.get(WeightNames.LAST), scope);
            this.items = scope.ret(last.transpose().duplicate());
        }
    }

    @Override
    public int itemCount() {
        return (int) items.getShape().get(1);
    }

    /// The reverse diffusion of each modality, in the order of the modalities' names.
    public List<HiddenReverseDiffusion> diffusions() {
        return diffusions;
    }

    @Override
    public List<float[]> score(List<UserHistory> histories) {
        try (NDManager scope = manager.newSubManager()) {
            float[] states = finalStates(histories, edges(histories, scope)); // [B, d]
            NDArray users = EngineArrays.dense(
                    scope, states, new Shape(histories.size(), items.getShape().get(0)));
            float[] scores = users.matMul(items).toFloatArray(); // [B, I]
            List<float[]> rows = new ArrayList<>(histories.size());
            for (int row = 0; row < histories.size(); row++) {
                rows.add(Arrays.copyOfRange(scores, row * itemCount(), (row + 1) * itemCount()));
            }
            return rows;
        }
    }

    /// The generated edges, by modality, then by user.
    private List<List<int[]>> edges(List<UserHistory> histories, NDManager scope) {
        SparseRows rows = new SparseRows(
                itemCount(), histories.stream().map(UserHistory::items).toList());
        return diffusions.stream()
                .map(diffusion -> ModalityEdges.of(diffusion, rows, settings.edgesPerUser(), scope))
                .toList();
    }

    private float[] finalStates(List<UserHistory> histories, List<List<int[]>> edges) {
        int size = (int) items.getShape().get(0);
        float[] states = new float[histories.size() * size];
        for (int row = 0; row < histories.size(); row++) {
            int user = row;
            List<int[]> own = edges.stream().map(modality -> modality.get(user)).toList();
            UserHistory history = histories.get(row);
            double[] state = propagation.finalState(history.user(), history.items(), own); // H_u [d]
            for (int j = 0; j < size; j++) {
                states[row * size + j] = (float) state[j];
            }
        }
        return states;
    }

    @Override
    public float[] similar(int item) {
        try (NDManager scope = manager.newSubManager()) {
            NDArray columns = Tensors.alias(items, scope); // [d, I]
            NDArray lengths = columns.norm(new int[] {0}, true).maximum(1e-12f); // [1, I]
            NDArray unit = columns.div(lengths); // [d, I]
            NDArray one = unit.get(new NDIndex(":, {}:{}", item, item + 1)); // [d, 1]
            return one.transpose().matMul(unit).toFloatArray();
        }
    }

    @Override
    public void close() {
        manager.close();
    }
}

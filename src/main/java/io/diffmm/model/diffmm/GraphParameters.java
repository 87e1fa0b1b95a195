package io.diffmm.model.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.diffmm.datasets.FeatureMatrix;
import java.util.ArrayList;
import java.util.List;

/// What the recommendation part of DiffMM learns.
///
/// Shapes: U users, I items, d embedding, M modalities, f the columns of a modality's features. Arrays belong to
/// whoever made them; this record only refers to them.
///
/// @param users `E_u`, `[U, d]`
/// @param items `E_i`, `[I, d]`
/// @param modalityLogits kappa before its softmax, `[M]`
/// @param maps how each modality's features become `F_m`, M of them
public record GraphParameters(NDArray users, NDArray items, NDArray modalityLogits, List<FeatureMap> maps) {

    public static final String USERS = "user.embedding";
    public static final String ITEMS = "item.embedding";
    public static final String MODALITIES = "modality.weight";

    public GraphParameters {
        maps = List.copyOf(maps);
    }

    /// Random parameters: Xavier uniform, modality weights equal.
    public static GraphParameters random(
            NDManager manager, int users, List<FeatureMatrix> features, DiffMmSettings settings) {
        int size = settings.embeddingSize();
        int items = features.getFirst().rows();
        NDArray userEmbeddings = xavier(manager, users, size);
        NDArray itemEmbeddings = xavier(manager, items, size);
        List<FeatureMap> maps = new ArrayList<>();
        for (FeatureMatrix modality : features) {
            maps.add(FeatureMap.random(manager, settings.featureMap(), modality, size));
        }
        NDArray logits = manager.zeros(new Shape(features.size()));
        return new GraphParameters(userEmbeddings, itemEmbeddings, logits, maps);
    }

    /// A matrix of the Xavier uniform distribution, `[rows, columns]`.
    static NDArray xavier(NDManager manager, int rows, int columns) {
        float bound = (float) Math.sqrt(6.0 / (rows + columns));
        return manager.randomUniform(-bound, bound, new Shape(rows, columns), DataType.FLOAT32);
    }

    /// Every parameter under its name.
    public NDList parameters() {
        NDList parameters = new NDList();
        users.setName(USERS);
        items.setName(ITEMS);
        modalityLogits.setName(MODALITIES);
        parameters.add(users);
        parameters.add(items);
        parameters.add(modalityLogits);
        maps.forEach(map -> parameters.addAll(map.parameters()));
        return parameters;
    }
}

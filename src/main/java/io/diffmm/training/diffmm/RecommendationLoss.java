package io.diffmm.training.diffmm;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.graph.Adjacency;
import io.diffmm.model.Tensors;
import io.diffmm.model.diffmm.DiffMm;
import io.diffmm.model.diffmm.DiffMmSettings;
import io.diffmm.model.diffmm.GraphParameters;
import io.diffmm.model.diffmm.Views;
import java.util.ArrayList;
import java.util.List;

/// The loss of the recommendation part: BPR, contrast and regularisation (Jiang et al. 2024, section 3.3).
///
/// ```
/// loss = -sum log sigmoid(H_u . H_p - H_u . H_n) / batch size + ssl L_cl + reg (|E_u|^2 + |E_i|^2)
/// ```
final class RecommendationLoss {

    private final DiffMm model;
    private final DiffMmSettings settings;
    private final ContrastiveLoss contrast;

    RecommendationLoss(DiffMm model) {
        this.model = model;
        this.settings = model.settings();
        this.contrast = new ContrastiveLoss(settings.contrast().temperature());
    }

    /// The loss of one batch.
    ///
    /// @param leaves the graph parameters under their names
    /// @param generated each modality's graph in this epoch
    /// @return a scalar, attached to the manager of `leaves`
    NDArray of(NDList leaves, List<Adjacency> generated, Triples.Batch batch) {
        NDManager scope = leaves.getManager();
        GraphParameters parameters = GraphParameters.of(leaves, model.modalities(), settings.featureMap());
        Views views = model.forward(parameters, generated);
        long userCount = model.histories().rows();
        long itemCount = model.histories().columns();
        RowSelection users = new RowSelection(scope, batch.users(), userCount);
        RowSelection positives = new RowSelection(scope, batch.positives(), itemCount);
        RowSelection negatives = new RowSelection(scope, batch.negatives(), itemCount);
        return bpr(views, users, positives, negatives)
                .add(regularisation(parameters))
                .add(contrast(views, users, positives));
    }

    private NDArray bpr(Views views, RowSelection users, RowSelection positives, RowSelection negatives) {
        NDArray items = views.items(views.main());
        NDArray anchors = users.of(views.users(views.main())); // [B, d]
        NDArray margin =
                positives.of(items).sub(negatives.of(items)).mul(anchors).sum(new int[] {1}); // H_u . (H_p - H_n), [B]
        NDArray loss = margin.neg().getNDArrayInternal().softPlus(); // -log sigmoid(margin)
        return Tensors.times(loss.sum(), 1.0 / settings.optimisation().batchSize());
    }

    private NDArray regularisation(GraphParameters parameters) {
        NDArray norms = parameters
                .users()
                .square()
                .sum()
                .add(parameters.items().square().sum());
        return Tensors.times(norms, settings.optimisation().regularisation());
    }

    private NDArray contrast(Views views, RowSelection users, RowSelection positives) {
        NDArray total = views.main().getManager().create(0f);
        if (settings.contrast().weight() == 0) {
            return total;
        }
        for (Pair pair : pairs(views)) {
            total = total.add(contrast.of(pair.first().users(), pair.second().users(), users));
            total = total.add(contrast.of(pair.first().items(), pair.second().items(), positives));
        }
        return Tensors.times(total, settings.contrast().weight());
    }

    /// The views that are held against each other.
    private List<Pair> pairs(Views views) {
        List<UnitView> modalities = views.modalities().stream()
                .map(view -> UnitView.of(views, view))
                .toList();
        return switch (settings.contrast().method()) {
            case MAIN_VIEW -> {
                UnitView main = UnitView.of(views, views.main());
                yield modalities.stream()
                        .map(modality -> new Pair(main, modality))
                        .toList();
            }
            case MODALITY_PAIRS -> {
                List<Pair> pairs = new ArrayList<>();
                for (int a = 0; a < modalities.size(); a++) {
                    for (int b = a + 1; b < modalities.size(); b++) {
                        pairs.add(new Pair(modalities.get(a), modalities.get(b)));
                    }
                }
                yield pairs;
            }
        };
    }

    private record Pair(UnitView first, UnitView second) {}

    /// A view with every row of length 1.
    private record UnitView(NDArray users, NDArray items) {

        static UnitView of(Views views, NDArray view) {
            NDArray unit = Views.normalised(view);
            return new UnitView(views.users(unit), views.items(unit));
        }
    }
}

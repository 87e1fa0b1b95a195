package io.diffmm.datasets;

import java.util.List;
import java.util.Optional;

/// Everything that a model is trained and validated on.
///
/// @param users those with train interactions, by first appearance; the rows of `train`
/// @param items the columns of `train` and the rows of every feature matrix
/// @param train each user's items, oldest first
/// @param times when those happened; empty unless all are dated by points in time
/// @param valid what the users did next; empty if there is no such file
/// @param features what is known of the items, by name of the modality
/// @param fingerprint SHA-256 of the files read, by name and content, wherever the folder lies
/// @param notes what was found and left out
public record Dataset(
        IdIndex users,
        ItemCatalogue items,
        InteractionMatrix train,
        Optional<InteractionTimes> times,
        Optional<HeldOut> valid,
        List<FeatureMatrix> features,
        String fingerprint,
        DatasetNotes notes) {

    public Dataset {
        if (train.rows() != users.size() || train.columns() != items.size()) {
            throw new IllegalArgumentException("train is %d x %d, not %d users x %d items"
                    .formatted(train.rows(), train.columns(), users.size(), items.size()));
        }
        features = List.copyOf(features);
    }
}

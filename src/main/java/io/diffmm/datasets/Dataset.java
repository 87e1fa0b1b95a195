package io.diffmm.datasets;

import java.util.List;
import java.util.Optional;

/// Complete input of a training run: interactions, items, features and held-out interactions.
///
/// All parts use the same rows: user `u` is row `u` of `train`; item `i` is column `i` of `train`, row `i` of the
/// catalogue and row `i` of every feature matrix.
///
/// @param users users with training interactions, by first appearance, `[users]`
/// @param items item catalogue, `[items]`
/// @param train training interactions, each user's oldest first, `[users, items]`
/// @param times times of the training interactions; empty unless every interaction has a date
/// @param valid later interactions of the users, for validation; empty without a `valid` file or a split
/// @param features item features, one matrix `[items, columns]` per modality, by name of the modality
/// @param fingerprint SHA-256 of the content that was read, in hexadecimal; independent of the folder's path
/// @param notes counts of the interactions that were kept and dropped
public record Dataset(
        IdIndex users,
        ItemCatalogue items,
        InteractionMatrix train,
        Optional<InteractionTimes> times,
        Optional<HeldOut> valid,
        List<FeatureMatrix> features,
        String fingerprint,
        DatasetCounts notes) {

    public Dataset {
        if (train.rows() != users.size() || train.columns() != items.size()) {
            throw new IllegalArgumentException("train is %d x %d, not %d users x %d items"
                    .formatted(train.rows(), train.columns(), users.size(), items.size()));
        }
        features = List.copyOf(features);
    }
}

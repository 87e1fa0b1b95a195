package io.diffmm.artifacts;

/// What a model was trained on.
///
/// @param fingerprint identifies the data: the same data has the same fingerprint
public record DatasetDescription(String fingerprint, long users, long items, long interactions) {

    public DatasetDescription {
        if (users < 0 || items < 0 || interactions < 0) {
            throw new IllegalArgumentException("dataset has %d users, %d items, %d interactions; none may be negative"
                    .formatted(users, items, interactions));
        }
    }
}

package io.diffmm.ranking;

/// An item of a history that the score of another one rests on.
///
/// @param item its row
/// @param change the score less what it is when this item is left out of the history; above zero
public record Reason(int item, double change) {

    public Reason {
        if (!(change > 0)) {
            throw new IllegalArgumentException("the change by item %d is %s, not above zero".formatted(item, change));
        }
    }
}

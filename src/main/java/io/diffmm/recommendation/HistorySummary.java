package io.diffmm.recommendation;

/// What an answer to a user rests on.
///
/// @param items how many items the history has, as far as they count
/// @param unknownItems how many items the model does not know; they were left out
/// @param live whether what the user did since the training is among them; false while the store cannot be reached
public record HistorySummary(int items, int unknownItems, boolean live) {}

package io.diffmm.model;

import io.diffmm.retrieval.ItemVectors;
import java.util.function.Supplier;

/// One way of scoring all items for a user: by the product of the user's vector and the item's, plus the item's
/// bias, plus what is added to some items for that user.
///
/// @param name say `embeddings`; views of one kind share what stands before the dot: `denoised.visual`
/// @param items the items' vectors and biases, `[I, F]`; asked for when the view is first used
/// @param rounded whether a user's vector depends, by rounding, on who else is computed with it
public record View(String name, Supplier<ItemVectors> items, boolean rounded) {

    /// What views of one kind are called together: what stands before the dot.
    public static String kind(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }
}

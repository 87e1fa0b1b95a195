package io.diffmm.linear;

import java.util.function.Supplier;

/// One way to link items, not yet taken.
///
/// @param name `walk`, `walk+<modality>` or `ridge`
/// @param fit makes the links; every call makes them again
public record LinearCandidate(String name, Supplier<ItemLinks> fit) {}

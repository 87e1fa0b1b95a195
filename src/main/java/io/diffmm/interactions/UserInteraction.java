package io.diffmm.interactions;

/// Who did something, and what.
public record UserInteraction(String userId, Interaction interaction) {}

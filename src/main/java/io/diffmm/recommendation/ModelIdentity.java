package io.diffmm.recommendation;

/// Which model answered.
public record ModelIdentity(String name, String version) {}

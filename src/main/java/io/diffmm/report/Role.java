package io.diffmm.report;

import com.fasterxml.jackson.annotation.JsonValue;

/// What a ranking that was measured is to the model.
public enum Role {
    /// One of the model's ways to rank.
    VIEW("view"),
    /// What users get.
    BLEND("blend"),
    /// Something simpler, to compare with.
    BASELINE("baseline");

    private final String label;

    Role(String label) {
        this.label = label;
    }

    /// As people and `report.json` call it.
    @JsonValue
    public String label() {
        return label;
    }
}

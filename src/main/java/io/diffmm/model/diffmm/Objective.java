package io.diffmm.model.diffmm;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.diffmm.diffusion.SparseRows;
import java.util.List;

/// What a denoiser is trained to predict, and how it is therefore shown a history.
public enum Objective {

    /// The row that it was given, noise taken away: as published. A history is a row of ones.
    @JsonProperty("reconstruction")
    RECONSTRUCTION {
        @Override
        public SparseRows rows(int items, List<int[]> histories) {
            return SparseRows.clicks(items, histories);
        }
    },

    /// The part of a history that it was not shown. What is shown sums to 1, as does what is hidden.
    @JsonProperty("hidden-items")
    HIDDEN_ITEMS {
        @Override
        public SparseRows rows(int items, List<int[]> histories) {
            return SparseRows.shares(items, histories);
        }
    };

    /// Histories as the denoiser takes them.
    public abstract SparseRows rows(int items, List<int[]> histories);
}

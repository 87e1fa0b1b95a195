package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.training.ldiffrec.LDiffRecFixture;
import java.util.Map;

/// Items are grouped by their features.
class LDiffRecContractTest extends DenoiserContract {

    @Override
    String family() {
        return "l-diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return LDiffRecFixture.tree(Map.of());
    }

    @Override
    Dataset dataset() {
        return Checkerboard.dataset("visual");
    }
}

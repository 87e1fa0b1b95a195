package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.training.ldiffrec.LDiffRecFixture;
import java.util.Map;

/// Items are grouped by the interactions.
class LTDiffRecContractTest extends DenoiserContract {

    @Override
    String family() {
        return "lt-diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.temporal(LDiffRecFixture.tree(Map.of()));
    }

    @Override
    Dataset dataset() {
        return Checkerboard.unordered();
    }
}

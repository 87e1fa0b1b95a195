package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.training.ldiffrec.LDiffRecFixture;
import java.util.Map;

class LTDiffRecLaterItemsContractTest extends DenoiserContract {

    @Override
    String family() {
        return "lt-diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.temporal(
                LDiffRecFixture.tree(Map.of("objective", "later-items", "row-sum", 8, "averaging", 0.9)));
    }

    @Override
    Dataset dataset() {
        return Checkerboard.unordered();
    }
}

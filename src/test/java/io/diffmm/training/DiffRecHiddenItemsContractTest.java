package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import java.util.Map;

class DiffRecHiddenItemsContractTest extends DenoiserContract {

    @Override
    String family() {
        return "diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.hidden("hidden-items", "gaussian", 5);
    }

    @Override
    Dataset dataset() {
        return Checkerboard.dataset();
    }
}

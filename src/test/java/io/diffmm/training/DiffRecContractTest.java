package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import java.util.Map;

class DiffRecContractTest extends DenoiserContract {

    @Override
    String family() {
        return "diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.with(Map.of());
    }

    @Override
    Dataset dataset() {
        return Checkerboard.dataset();
    }
}

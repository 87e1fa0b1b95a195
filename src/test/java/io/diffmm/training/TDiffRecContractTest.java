package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import java.util.Map;

class TDiffRecContractTest extends DenoiserContract {

    @Override
    String family() {
        return "t-diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.temporal(DiffRecSettingsFixture.with(Map.of()));
    }

    @Override
    Dataset dataset() {
        return Checkerboard.dataset();
    }
}

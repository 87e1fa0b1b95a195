package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import java.util.Map;

class TDiffRecLaterItemsContractTest extends DenoiserContract {

    @Override
    String family() {
        return "t-diffrec";
    }

    @Override
    Map<String, Object> settings() {
        return DiffRecSettingsFixture.temporal(DiffRecSettingsFixture.hidden("later-items", "multinomial", 1));
    }

    @Override
    Dataset dataset() {
        return Checkerboard.unordered();
    }
}

package io.diffmm.training;

import io.diffmm.model.SettingsMapper;
import io.diffmm.model.diffmm.FeatureMapKind;
import io.diffmm.model.diffmm.SettingsFixture;
import java.util.Map;

class DiffMmContractTest extends RecommenderContract {

    @Override
    String family() {
        return "diffmm";
    }

    @Override
    Map<String, Object> settings() {
        return SettingsMapper.write(SettingsFixture.small(1, 1, FeatureMapKind.LINEAR));
    }
}

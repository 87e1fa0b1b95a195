package io.diffmm.training;

import io.diffmm.model.SettingsMapper;
import io.diffmm.model.denoiser.Start;
import io.diffmm.model.diffmm.FeatureMapKind;
import io.diffmm.model.diffmm.SettingsFixture;
import java.util.Map;

class DiffMmHiddenItemsContractTest extends RecommenderContract {

    @Override
    String family() {
        return "diffmm";
    }

    @Override
    Map<String, Object> settings() {
        return SettingsMapper.write(
                SettingsFixture.hiddenItems(SettingsFixture.small(1, 1, FeatureMapKind.LINEAR), Start.SPECTRAL));
    }
}

package io.diffmm.training;

import io.diffmm.Checkerboard;
import io.diffmm.datasets.Dataset;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.diffmm.ContrastMethod;
import io.diffmm.model.diffmm.FeatureMapKind;
import io.diffmm.model.diffmm.SettingsFixture;
import java.util.Map;

/// One modality has no other to be held against; two edges a user, two layers and the other feature map come along.
class DiffMmOneModalityContractTest extends RecommenderContract {

    @Override
    String family() {
        return "diffmm";
    }

    @Override
    Map<String, Object> settings() {
        return SettingsMapper.write(
                SettingsFixture.with(2, 2, FeatureMapKind.LEAKY_RELU, ContrastMethod.MODALITY_PAIRS));
    }

    @Override
    Dataset dataset() {
        return Checkerboard.dataset("visual");
    }
}

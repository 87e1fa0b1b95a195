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
        Map<String, Object> tree = DiffRecSettingsFixture.temporal(LDiffRecFixture.tree(Map.of()));
        tree.put(
                "latent",
                LDiffRecFixture.latent(4)); // groups by interactions may be the colours or not: one number each is few
        return tree;
    }

    @Override
    Dataset dataset() {
        return Checkerboard.unordered();
    }
}

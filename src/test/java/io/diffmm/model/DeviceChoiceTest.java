package io.diffmm.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceChoiceTest {

    @Test
    void parse_readsEveryForm() {
        assertThat(DeviceChoice.parse("auto")).isEqualTo(new DeviceChoice.Auto());
        assertThat(DeviceChoice.parse("cpu")).isEqualTo(new DeviceChoice.Cpu());
        assertThat(DeviceChoice.parse("gpu")).isEqualTo(new DeviceChoice.Gpu(0));
        assertThat(DeviceChoice.parse("gpu:3")).isEqualTo(new DeviceChoice.Gpu(3));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tpu", "gpu:", "gpu:-1", "gpu:x", "GPU"})
    void parse_anythingElse_isRefusedByName(String text) {
        assertThatThrownBy(() -> DeviceChoice.parse(text)).hasMessageContaining("device '" + text + "'");
    }

    @Test
    void describe_returnsTheNotationOfParse() {
        assertThat(DeviceChoice.describe(Device.cpu())).isEqualTo("cpu");
        assertThat(DeviceChoice.describe(Device.gpu(1))).isEqualTo("gpu:1");
    }

    @Test
    void newManager_cpu_isOnTheCpu() {
        try (NDManager manager = new DeviceChoice.Cpu().newManager()) {
            assertThat(manager.getDevice()).isEqualTo(Device.cpu());
        }
    }

    @Test
    void newManager_missingGpu_isRefusedWithItsNumber() {
        assertThatThrownBy(() -> new DeviceChoice.Gpu(999).newManager()).hasMessageContaining("gpu:999");
    }
}

package io.diffmm.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.diffmm.engine.ProcessorFeatures;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrecisionTest {

    @ParameterizedTest
    @CsvSource({
        "avx512_vnni, avx512_bf16, INT8",
        "avx_vnni, amx_bf16, INT8",
        "avx512_vnni, avx512f, INT8",
        "avx512f, avx512_bf16, BFLOAT16",
        "avx2, fma, FLOAT32"
    })
    void suited_processorAndWidth_decide(String first, String second, Precision wide) {
        var processor = new ProcessorFeatures(Set.of(first, second));

        assertThat(Precision.suited(Device.cpu(), processor, 256)).isEqualTo(wide);
        assertThat(Precision.suited(Device.cpu(), processor, 255)).isEqualTo(Precision.FLOAT32);
    }

    @Test
    void suited_gpu_isFloat32() {
        var processor = new ProcessorFeatures(Set.of("avx512_vnni", "avx512_bf16"));

        assertThat(Precision.suited(Device.gpu(), processor, 256)).isEqualTo(Precision.FLOAT32);
    }
}

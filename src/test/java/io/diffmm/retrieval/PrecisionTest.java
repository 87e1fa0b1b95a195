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
        "avx512_vnni, avx512_bf16, INT8, BFLOAT16, INT8",
        "avx_vnni, amx_bf16, INT8, BFLOAT16, INT8",
        "avx512_vnni, avx512f, INT8, INT8, INT8",
        "avx512f, avx512_bf16, BFLOAT16, BFLOAT16, BFLOAT16",
        "avx2, fma, FLOAT32, FLOAT32, FLOAT32"
    })
    void suited_processorAndSize_decide(
            String first, String second, Precision few, Precision many, Precision manyOfLargeCatalogue) {
        var processor = new ProcessorFeatures(Set.of(first, second));

        assertThat(Precision.suited(Device.cpu(), processor, 10_000, 256, false))
                .isEqualTo(few);
        assertThat(Precision.suited(Device.cpu(), processor, 10_000, 256, true)).isEqualTo(many);
        assertThat(Precision.suited(Device.cpu(), processor, 16_000, 256, true)).isEqualTo(manyOfLargeCatalogue);
    }

    @ParameterizedTest
    @CsvSource({"avx512f, FLOAT32", "amx_bf16, BFLOAT16", "avx512_bf16, BFLOAT16"})
    void suited_narrowVectors_areNotQuantised(String second, Precision expected) {
        var processor = new ProcessorFeatures(Set.of("avx512_vnni", second));

        for (boolean many : new boolean[] {false, true}) {
            assertThat(Precision.suited(Device.cpu(), processor, 1_000_000, 255, many))
                    .isEqualTo(expected);
        }
    }

    @Test
    void suited_gpu_isFloat32() {
        var processor = new ProcessorFeatures(Set.of("avx512_vnni", "avx512_bf16"));

        assertThat(Precision.suited(Device.gpu(), processor, 16_000, 256, true)).isEqualTo(Precision.FLOAT32);
    }
}

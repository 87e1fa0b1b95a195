package io.diffmm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorFeaturesTest {

    @TempDir
    Path directory;

    @Test
    void read_severalCores_readsTheFirst() throws IOException {
        ProcessorFeatures features = read("""
                processor\t: 0
                flags\t\t: fpu avx2 avx512_vnni

                processor\t: 1
                flags\t\t: fpu avx512_bf16
                """);

        assertThat(features.flags()).containsExactlyInAnyOrder("fpu", "avx2", "avx512_vnni");
        assertThat(features.multipliesIntegers()).isTrue();
        assertThat(features.multipliesBfloat16()).isFalse();
    }

    @Test
    void read_matrixUnits_multiplyBfloat16() throws IOException {
        assertThat(read("flags : amx_bf16 avx_vnni").multipliesBfloat16()).isTrue();
        assertThat(read("flags : amx_bf16 avx_vnni").multipliesIntegers()).isTrue();
    }

    @Test
    void read_otherProcessorOrSystem_knowsNoFeatures() throws IOException {
        assertThat(read("Features : asimd sve bf16").flags()).isEmpty();
        assertThat(ProcessorFeatures.read(directory.resolve("absent")).flags()).isEmpty();
    }

    private ProcessorFeatures read(String description) throws IOException {
        return ProcessorFeatures.read(Files.writeString(directory.resolve("cpuinfo"), description));
    }
}

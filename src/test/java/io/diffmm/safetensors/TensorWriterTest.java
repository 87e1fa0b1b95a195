package io.diffmm.safetensors;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.diffmm.safetensors.TensorWriter.TensorSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorWriterTest {

    @TempDir
    private Path directory;

    @Test
    void write_arraysOfEveryKind_areReadAgain() throws IOException {
        Path file = directory.resolve("weights.safetensors");
        TensorWriter.write(
                file,
                List.of(
                        new TensorSource.Floats("matrix", List.of(2, 3), TensorWriterTest::numbered),
                        new TensorSource.Ints("counts", 4, place -> place * place),
                        new TensorSource.Floats("vector", List.of(2), (_, values) -> Arrays.fill(values, -0.5f))));

        try (NDManager manager = NDManager.newBaseManager(Device.cpu(), "PyTorch")) {
            NDList arrays = Tensors.read(file, manager);
            assertThat(arrays.get("matrix").getShape()).isEqualTo(new Shape(2, 3));
            assertThat(arrays.get("matrix").toFloatArray()).containsExactly(0, 1, 2, 10, 11, 12);
            assertThat(arrays.get("counts").toIntArray()).containsExactly(0, 1, 4, 9);
            assertThat(arrays.get("vector").toFloatArray()).containsExactly(-0.5f, -0.5f);
        }
    }

    private static void numbered(int row, float[] values) {
        for (int at = 0; at < values.length; at++) {
            values[at] = 10 * row + at;
        }
    }
}

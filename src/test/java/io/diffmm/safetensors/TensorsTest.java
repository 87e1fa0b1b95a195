package io.diffmm.safetensors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TensorsTest {

    @TempDir
    Path directory;

    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void write_thenRead_givesEveryArrayBack() throws IOException {
        NDArray floats = named(manager.create(new float[] {1.5f, -2, 0}, new Shape(3, 1)), "a.floats");
        NDArray ints = named(manager.create(new int[] {7, 8}), "b.ints");
        Path file = directory.resolve("arrays.safetensors");

        Tensors.write(file, new NDList(floats, ints));
        NDList read = Tensors.read(file, manager);

        assertThat(Tensors.require(read, "a.floats", 3, 1).toFloatArray()).containsExactly(1.5f, -2, 0);
        assertThat(Tensors.require(read, "b.ints", 2).toIntArray()).containsExactly(7, 8);
    }

    @Test
    void read_anotherFile_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("arrays.safetensors"), "this is not one of them at all");

        assertThatThrownBy(() -> Tensors.read(file, manager)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void require_missingOrMisshapen_namesTheArray() {
        NDList arrays = new NDList(named(manager.ones(new Shape(2, 3)), "a"));

        assertThatThrownBy(() -> Tensors.require(arrays, "b")).hasMessageContaining("'b' is missing");
        assertThatThrownBy(() -> Tensors.require(arrays, "a", 3, 2))
                .hasMessageContaining("'a'")
                .hasMessageContaining("(2, 3)");
    }

    @Test
    void requireFinite_notANumber_namesTheArray() {
        NDArray bad = named(manager.create(new float[] {1, Float.NaN}), "bad");

        assertThatThrownBy(() -> Tensors.requireFinite(bad)).hasMessageContaining("'bad'");
        assertThatThrownBy(() -> Tensors.requireFinite(named(manager.create(new int[] {1}), "ints")))
                .hasMessageContaining("'ints'");
        Tensors.requireFinite(named(manager.create(new float[] {1}), "good"));
    }

    @Test
    void read_forgedHeaderLength_isRefusedWithoutAllocatingIt() throws IOException {
        Path file = directory.resolve("arrays.safetensors");
        Files.write(
                file,
                ByteBuffer.allocate(16)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(1L << 40)
                        .array());

        assertThatThrownBy(() -> Tensors.read(file, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1099511627776");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
            {                                                            | not JSON
            {"a":{"dtype":"F64","shape":[1],"data_offsets":[0,8]}}       | 'a' has type "F64"; supported: [F32, I32, I64]
            {"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}      | 'a' of 12 bytes has the offsets [0,12] of 8
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}       | 'a' of 8 bytes has the offsets [8,0] of 8
            {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}}       | 'a' of 4 bytes has the offsets [0,8] of 8
            {"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}      | 'a' is not described by whole numbers: [-2]
            {"a":{"dtype":"F32","shape":[1]}}                            | 'a' is not described by whole numbers
            {"a":7}                                                      | 'a' has type
            {"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}} | 'a' of shape (4294967296, 4294967296) is too large
            {"a":{"dtype":"F32","shape":[0,9000000000000000000],"data_offsets":[0,0]}} | is too large
            {"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}} | names an array twice
            []                                                           | not a JSON object
            7                                                            | not a JSON object
            """)
    void read_inconsistentHeader_namesTheFault(String header, String message) throws IOException {
        Path file = directory.resolve("arrays.safetensors");
        byte[] text = header.strip().getBytes(StandardCharsets.UTF_8);
        Files.write(
                file,
                ByteBuffer.allocate(Long.BYTES + text.length + 8)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putLong(text.length)
                        .put(text)
                        .array());

        assertThatThrownBy(() -> Tensors.read(file, manager))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not a safetensors file")
                .hasMessageContaining(message);
    }

    @Test
    void requireCounts_anotherTypeOrTooSmall_namesTheArray() {
        NDList arrays = new NDList(
                named(manager.create(new float[] {1}), "floats"), named(manager.create(new int[] {1, 0}), "zero"));

        assertThatThrownBy(() -> Tensors.requireCounts(arrays, "floats", 1)).hasMessageContaining("'floats'");
        assertThatThrownBy(() -> Tensors.requireCounts(arrays, "zero", 2)).hasMessageContaining("'zero' contains 0");
    }

    @Test
    void copyInto_anotherShape_overwritesNothing() {
        NDArray first = named(manager.zeros(new Shape(2)), "a");
        NDArray second = named(manager.zeros(new Shape(2)), "b");
        NDList source = new NDList(named(manager.ones(new Shape(2)), "a"), named(manager.ones(new Shape(3)), "b"));

        assertThatThrownBy(() -> Tensors.copyInto(source, new NDList(first, second)))
                .hasMessageContaining("'b'");
        assertThat(first.toFloatArray()).containsExactly(0, 0);
    }

    private static NDArray named(NDArray array, String name) {
        array.setName(name);
        return array;
    }
}

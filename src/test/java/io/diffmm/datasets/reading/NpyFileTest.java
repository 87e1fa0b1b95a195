package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InvalidDatasetException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class NpyFileTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("visual.npy");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anyFeatures_writtenAndRead_areTheSame(long seed) {
        var random = new SplittableRandom(seed);
        int rows = 1 + random.nextInt(1 + (int) seed);
        int columns = 1 + random.nextInt(40);
        float[] values = new float[rows * columns];
        for (int at = 0; at < values.length; at++) {
            values[at] = (float) random.nextGaussian();
        }

        NpyFile.writeFloat32(file, new FeatureMatrix("visual", rows, columns, values));
        FeatureMatrix single = NpyFile.readFeatures(file);
        NpyFile.writeFloat16(file, single);
        FeatureMatrix half = NpyFile.readFeatures(file);

        assertThat(single.modality()).isEqualTo("visual");
        assertThat(single.rows()).isEqualTo(rows);
        assertThat(single.columns()).isEqualTo(columns);
        assertThat(single.values()).isEqualTo(values);
        for (int at = 0; at < values.length; at++) {
            assertThat(half.values()[at]).isEqualTo(Float.float16ToFloat(Float.floatToFloat16(values[at])));
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anyInts_writtenAndRead_areTheSame(long seed) {
        int[] values = new SplittableRandom(seed).ints(seed * seed).toArray();

        NpyFile.writeInts(file, values);

        assertThat(NpyFile.readInts(file)).isEqualTo(values);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anyLongs_writtenAndRead_areTheSame(long seed) {
        long[] values = new SplittableRandom(seed).longs(seed * seed).toArray();

        NpyFile.writeLongs(file, values);

        assertThat(NpyFile.readLongs(file)).isEqualTo(values);
    }

    @ParameterizedTest
    @CsvSource({"<f2,1", ">f2,1", "<f4,1", ">f4,2", "<f8,3", ">f8,1"})
    void readFeatures_everyTypeAndVersion_readsTheValues(String type, int version) throws IOException {
        write(version, header(type, false, "(2, 3)"), values(type, 1, 2, 3, 4, 5, -0.5));

        assertThat(NpyFile.readFeatures(file).values()).containsExactly(1, 2, 3, 4, 5, -0.5f);
    }

    @Test
    void readFeatures_fortranOrder_isTransposed() throws IOException {
        write(1, header("<f4", true, "(2, 3)"), values("<f4", 1, 4, 2, 5, 3, 6)); // columns 1 4, 2 5, 3 6

        assertThat(NpyFile.readFeatures(file).values()).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void writeInts_bytes_areThoseOfNumpy() throws IOException {
        NpyFile.writeInts(file, new int[] {7});

        byte[] bytes = Files.readAllBytes(file);
        assertThat(bytes).hasSize(128 + 4);
        String expected = "{'descr': '<i4', 'fortran_order': False, 'shape': (1,), }";
        assertThat(new String(bytes, 10, 118, StandardCharsets.US_ASCII))
                .startsWith(expected)
                .endsWith(" \n");
        assertThat(Arrays.copyOf(bytes, 10)).containsExactly(0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, 118, 0);
    }

    @ParameterizedTest
    @CsvSource({"NaN,false", "Infinity,false", "-Infinity,false", "NaN,true"})
    void readFeatures_valueNotFinite_namesRowAndColumn(double value, boolean fortran) throws IOException {
        double[] values = {1, 1, 1, 1, 1, 1};
        values[fortran ? 3 : 4] = value; // row 1, column 1 of 2 x 3
        write(1, header("<f8", fortran, "(2, 3)"), values("<f8", values));

        assertRefused("the value in row 1, column 1 (counted from 0) is " + value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"visual#2.npy", "#.npy", "a#b"})
    void readFeatures_nameOfASeed_isRefused(String name) {
        Path named = directory.resolve(name);
        NpyFile.writeFloat32(named, new FeatureMatrix("visual", 1, 1, new float[1]));

        assertThatThrownBy(() -> NpyFile.readFeatures(named))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("has a '#' in its name");
    }

    @Test
    void readFeatures_doubleBeyondFloat_isRefused() throws IOException {
        write(1, header("<f8", false, "(1, 2)"), values("<f8", 1, 1e300));

        assertRefused("the value in row 0, column 1 (counted from 0) is 1.0E300");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(6,)", "()", "(1, 2, 3)"})
    void readFeatures_otherDimensions_isRefused(String shape) throws IOException {
        write(1, header("<f4", false, shape), values("<f4", 1, 2, 3, 4, 5, 6));

        assertRefused("features have two, items x columns");
    }

    @Test
    void readFeatures_noRows_isRefused() throws IOException {
        write(1, header("<f4", false, "(0, 3)"), new byte[0]);

        assertRefused("contains 0 x 3 values");
    }

    @ParameterizedTest
    @ValueSource(strings = {"<i4", "|O", "<U8", "|b1", "<c8", "|u1"})
    void readFeatures_otherType_isRefused(String type) throws IOException {
        write(1, header(type, false, "(1, 1)"), new byte[8]);

        assertRefused("contains values of type " + type);
    }

    @ParameterizedTest
    @ValueSource(ints = {23, 25, 0})
    void readFeatures_bytesUnlikeHeader_isRefused(int bytes) throws IOException {
        write(1, header("<f4", false, "(2, 3)"), new byte[bytes]);

        assertRefused("contains %d bytes of values, but its header declares 24".formatted(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(4000000000, 4000000000)", "(9000000000000000000, 3)", "(70000, 70000)"})
    void readFeatures_shapeTooLarge_isRefused(String shape) throws IOException {
        write(1, header("<f4", false, shape), new byte[4]);

        assertRefused("exceeds the limit of an array");
    }

    @Test
    void readFeatures_shapeBeyondLong_isRefused() throws IOException {
        write(1, header("<f4", false, "(99999999999999999999, 1)"), new byte[4]);

        assertRefused("too large to read");
    }

    @Test
    void readFeatures_structuredType_isRefused() throws IOException {
        write(1, "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1, 1), }\n", new byte[4]);

        assertRefused("does not describe an array of plain numbers");
    }

    @Test
    void readFeatures_unknownVersion_isRefused() throws IOException {
        write(4, header("<f4", false, "(1, 1)"), new byte[4]);

        assertRefused("is of .npy version 4");
    }

    @Test
    void readFeatures_headerCutOff_isRefused() throws IOException {
        write(1, header("<f4", false, "(1, 1)"), new byte[4]);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 40));

        assertRefused("ends within its header");
    }

    @Test
    void readFeatures_otherFile_isRefused() throws IOException {
        Files.writeString(file, "item_id,x\n1,2\n");

        assertRefused("is not a .npy file");
    }

    @Test
    void readFeatures_emptyFile_isRefused() throws IOException {
        Files.createFile(file);

        assertRefused("is empty");
    }

    @Test
    void readFeatures_directory_isRefused() throws IOException {
        Files.createDirectory(file);

        assertRefused("is a directory");
    }

    @Test
    void readInts_otherArray_isRefused() {
        NpyFile.writeFloat32(file, new FeatureMatrix("visual", 1, 1, new float[1]));

        assertThatThrownBy(() -> NpyFile.readInts(file))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageContaining("one dimension of <i4 is expected");
    }

    private void assertRefused(String cause) {
        assertThatThrownBy(() -> NpyFile.readFeatures(file))
                .isInstanceOfSatisfying(
                        InvalidDatasetException.class,
                        e -> assertThat(e.source()).isEqualTo(file.toString()))
                .hasMessageStartingWith(file + ": ")
                .hasMessageContaining(cause);
    }

    private static String header(String type, boolean fortran, String shape) {
        return "{'descr': '%s', 'fortran_order': %s, 'shape': %s, }     \n"
                .formatted(type, fortran ? "True" : "False", shape);
    }

    private void write(int version, String header, byte[] values) throws IOException {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(12 + text.length + values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
        bytes.put((byte) version).put((byte) 0);
        if (version == 1) {
            bytes.putShort((short) text.length);
        } else {
            bytes.putInt(text.length);
        }
        bytes.put(text).put(values);
        Files.write(file, Arrays.copyOf(bytes.array(), bytes.position()));
    }

    private static byte[] values(String type, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * values.length)
                .order(type.startsWith(">") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        for (double value : values) {
            switch (type.charAt(2)) {
                case '2' -> bytes.putShort(Float.floatToFloat16((float) value));
                case '4' -> bytes.putFloat((float) value);
                default -> bytes.putDouble(value);
            }
        }
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}

package io.diffmm.linear;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.diffmm.linear.ItemItemModel.InvalidItemItemModelException;
import io.diffmm.safetensors.TensorWriter;
import io.diffmm.safetensors.TensorWriter.TensorSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ItemItemModelTest {

    @TempDir
    private Path directory;

    @SuppressWarnings("NullAway.Init") // before each test
    private NDManager manager;

    @BeforeEach
    void open() {
        manager = NDManager.newBaseManager(Device.cpu(), "PyTorch");
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first20")
    void write_thenRead_returnsTheSameLinks(long seed) throws IOException {
        ItemItemModel links = random(new SplittableRandom(seed), 1 + (int) seed);
        Path file = directory.resolve("links.safetensors");

        links.write(file);
        ItemItemModel read = ItemItemModel.read(file, manager);

        assertThat(read.size()).isEqualTo(links.size());
        assertThat(read.links()).isEqualTo(links.links());
        for (int item = 0; item < links.size(); item++) {
            assertThat(read.links(item)).isEqualTo(links.links(item));
            assertThat(row(read, item)).isEqualTo(row(links, item));
        }
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    @Test
    void forEach_passesTheLinksOfOneItem() {
        var links = new ItemItemModel(new int[] {0, 2, 2, 3}, new int[] {1, 2, 0}, new float[] {0.5f, -1, 2});

        assertThat(row(links, 0)).containsExactly("1 0.5", "2 -1.0");
        assertThat(row(links, 1)).isEmpty();
        assertThat(row(links, 2)).containsExactly("0 2.0");
        assertThat(links.links(0)).isEqualTo(2);
    }

    static Stream<Arguments> invalidArrays() {
        float[] one = {1};
        return Stream.of(
                Arguments.of(new int[] {}, new int[] {}, new float[] {}, "offsets do not run from 0"),
                Arguments.of(new int[] {1, 1, 1}, new int[] {1}, one, "offsets do not run from 0"),
                Arguments.of(new int[] {0, 1, 2}, new int[] {1}, one, "offsets do not run from 0"),
                Arguments.of(new int[] {0, 2, 1}, new int[] {1}, one, "offsets decrease after item 1"),
                Arguments.of(new int[] {0, -1, 1}, new int[] {1}, one, "offsets decrease after item 0"),
                Arguments.of(new int[] {0, 1, 1}, new int[] {1}, new float[] {1, 2}, "1 links have 2 weights"),
                Arguments.of(new int[] {0, 1, 1}, new int[] {-1}, one, "item 0 has a link to item -1 of 2"),
                Arguments.of(new int[] {0, 1, 1}, new int[] {2}, one, "item 0 has a link to item 2 of 2"),
                Arguments.of(new int[] {0, 1, 1}, new int[] {0}, one, "item 0 has a link to item 0 of 2"),
                Arguments.of(
                        new int[] {0, 1, 1}, new int[] {1}, new float[] {Float.NaN}, "a link of item 0 has weight NaN"),
                Arguments.of(
                        new int[] {0, 0, 1},
                        new int[] {0},
                        new float[] {Float.NEGATIVE_INFINITY},
                        "a link of item 1 has weight -Infinity"));
    }

    @ParameterizedTest(name = "{3}")
    @MethodSource("invalidArrays")
    void invalidArrays_areRejected_inMemoryAndFromAFile(int[] offsets, int[] items, float[] weights, String message)
            throws IOException {
        Path file = directory.resolve("links.safetensors");
        TensorWriter.write(
                file,
                List.of(ints("link.offsets", offsets), ints("link.items", items), floats("link.weights", weights)));

        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ItemItemModel(offsets, items, weights))
                .withMessageContaining(message);
        assertThatExceptionOfType(InvalidItemItemModelException.class)
                .isThrownBy(() -> ItemItemModel.read(file, manager))
                .withMessageStartingWith(file.toString())
                .withMessageContaining(message);
        assertThat(manager.getManagedArrays()).isEmpty();
    }

    @Test
    void read_missingArrayOrWrongType_isRejectedByName() throws IOException {
        Path file = directory.resolve("links.safetensors");
        TensorSource offsets = ints("link.offsets", 0, 1, 1);
        TensorSource weights = floats("link.weights", 1);

        TensorWriter.write(file, List.of(offsets, weights));
        assertThatExceptionOfType(InvalidItemItemModelException.class)
                .isThrownBy(() -> ItemItemModel.read(file, manager))
                .withMessageStartingWith(file.toString())
                .withMessageContaining("'link.items' is missing");

        TensorWriter.write(file, List.of(offsets, floats("link.items", 1), weights));
        assertThatExceptionOfType(InvalidItemItemModelException.class)
                .isThrownBy(() -> ItemItemModel.read(file, manager))
                .withMessageStartingWith(file.toString())
                .withMessageContaining("'link.items' is float32, not int32");
    }

    @Test
    void read_fileOfAnotherFormat_isRejected() throws IOException {
        Path file = Files.writeString(directory.resolve("links.safetensors"), "this is not one of them at all");

        assertThatExceptionOfType(InvalidItemItemModelException.class)
                .isThrownBy(() -> ItemItemModel.read(file, manager))
                .withMessageContaining("is not a safetensors file");
    }

    private static TensorSource ints(String name, int... values) {
        return new TensorSource.Ints(name, values.length, at -> values[at]);
    }

    private static TensorSource floats(String name, float... values) {
        return new TensorSource.Floats(
                name, List.of(values.length), (_, row) -> System.arraycopy(values, 0, row, 0, row.length));
    }

    private static ItemItemModel random(SplittableRandom random, int items) {
        int[] offsets = new int[items + 1];
        int[] linked = new int[items * 3];
        for (int item = 0; item < items; item++) {
            int[] others = random.ints(random.nextInt(4), 0, items).distinct().toArray();
            offsets[item + 1] = offsets[item];
            for (int other : others) {
                if (other != item) {
                    linked[offsets[item + 1]++] = other;
                }
            }
        }
        float[] weights = new float[offsets[items]];
        for (int at = 0; at < weights.length; at++) {
            weights[at] = (float) random.nextDouble(-1, 1);
        }
        return new ItemItemModel(offsets, Arrays.copyOf(linked, weights.length), weights);
    }

    private static List<String> row(ItemItemModel links, int item) {
        List<String> row = new ArrayList<>();
        links.forEach(item, (other, weight) -> row.add(other + " " + weight));
        return row;
    }
}

package io.diffmm.retrieval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.diffmm.retrieval.HnswIndexBuilder.HnswSettings;
import io.diffmm.retrieval.HnswIndexFile.HnswIndexLayout;
import io.diffmm.retrieval.ItemSearches.InvalidIndexException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class HnswIndexFileTest {

    private static final int ITEMS = 400;

    private final Catalogue catalogue = Catalogue.of(ITEMS, 5, 20, new SplittableRandom(1));
    private byte[] whole = {};

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        Path file = directory.resolve("whole");
        HnswIndexBuilder.write(file, catalogue.vectors(), catalogue.queries(), new HnswSettings(4, 2, 10, 1));
        whole = Files.readAllBytes(file);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void open_damagedFile_isRejectedOrSearchedSafely(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        byte[] damaged = whole.clone();
        int vectors = ITEMS * 5 * Float.BYTES;
        int reach = seed % 2 == 0 ? damaged.length - vectors : HnswIndexLayout.HEADER_BYTES;
        for (int error = 0; error <= seed % 5; error++) {
            damaged[random.nextInt(reach)] = (byte) random.nextInt();
        }
        try (HnswSearch search = HnswSearch.open(file(damaged), 4)) {
            search.best(
                            catalogue.queries(),
                            catalogue.queries().stream()
                                    .map(_ -> Catalogue.all(7))
                                    .toList())
                    .forEach(best -> assertThat(best.size()).isEqualTo(7));
        } catch (InvalidIndexException e) {
            assertThat(e).hasMessageContaining("damaged");
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void open_shortenedFile_isRefused(long seed) throws IOException {
        int length = new SplittableRandom(seed).nextInt(whole.length);
        requireRefused(Arrays.copyOf(whole, length));
    }

    @Test
    void open_longerFile_isRefused() throws IOException {
        requireRefused(Arrays.copyOf(whole, whole.length + 64));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "8, 2", "12, 0", "12, -5", "16, 0", "20, 0", "24, 0", "28, 400", "32, 0", "36, -1", "40, -1"})
    void open_wrongNumberInTheHeader_isRefused(int offset, int value) throws IOException {
        requireRefused(with(offset, value));
    }

    @Test
    void open_linkToNoItem_isRefused() throws IOException {
        requireRefused(with((int) layout().groundLinksStart(), ITEMS));
    }

    @Test
    void open_vectorThatIsNotFinite_isRefused() throws IOException {
        requireRefused(with((int) layout().vectors(), Float.floatToIntBits(Float.NaN)));
    }

    @Test
    void open_missingFile_isNamed() {
        assertThatExceptionOfType(UncheckedIOException.class)
                .isThrownBy(() -> HnswSearch.open(directory.resolve("none"), 4))
                .withMessageContaining("none");
    }

    @Test
    void best_itemMissingOnItsLevel_isSkipped() throws IOException {
        HnswIndexLayout layout = layout();
        assertThat(layout.upperItems()).isPositive();
        byte[] forged = with((int) layout.upperLinksStart(), 1);
        int entryPlace = 28;
        ByteBuffer.wrap(forged).order(ByteOrder.LITTLE_ENDIAN).putInt(entryPlace, 3);
        try (HnswSearch search = HnswSearch.open(file(forged), 4)) {
            assertThat(search.best(List.of(catalogue.queries().getFirst()), List.of(Catalogue.all(5)))
                            .getFirst()
                            .size())
                    .isEqualTo(5);
        }
    }

    private HnswIndexLayout layout() throws IOException {
        try (HnswIndexFile file = HnswIndexFile.open(file(whole))) {
            return file.layout();
        }
    }

    private byte[] with(int offset, int value) {
        byte[] changed = whole.clone();
        ByteBuffer.wrap(changed).order(ByteOrder.LITTLE_ENDIAN).putInt(offset, value);
        return changed;
    }

    private void requireRefused(byte[] bytes) throws IOException {
        Path file = file(bytes);
        assertThatExceptionOfType(InvalidIndexException.class)
                .isThrownBy(() -> HnswSearch.open(file, 4))
                .withMessageContaining("damaged");
    }

    private Path file(byte[] bytes) throws IOException {
        return Files.write(directory.resolve("damaged"), bytes);
    }
}

package io.diffmm.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.reading.DatasetReader;
import io.diffmm.demo.DemoDataset.DemoSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoDatasetTest {

    @TempDir
    Path directory;

    @Test
    void generate_defaults_givesADatasetThatReadsWithoutLoss() {
        Path out = directory.resolve("demo");

        DemoDataset.Summary summary = DemoDataset.generate(DemoSettings.DEFAULT, out);
        Dataset dataset = DatasetReader.read(out);

        int valid = dataset.valid().orElseThrow().interactions();
        assertThat(dataset.notes())
                .isEqualTo(new DatasetCounts(
                        1_000,
                        300,
                        (int) summary.train(),
                        (int) summary.valid(),
                        0,
                        0,
                        0,
                        0,
                        dataset.notes().itemsWithoutInteractions()));
        assertThat(valid).isGreaterThanOrEqualTo(1_000);
        assertThat(dataset.features())
                .extracting(FeatureMatrix::modality)
                .containsExactly("acoustic", "textual", "visual");
        assertThat(dataset.features()).extracting(FeatureMatrix::columns).containsExactly(16, 48, 32);
        assertThat(dataset.items().items()).extracting(Item::title).doesNotHaveDuplicates();
        assertThat(dataset.items().items()).allMatch(item -> item.category().isPresent());
    }

    @Test
    void generate_user42_hasAHistoryAndATruth() throws IOException {
        Path out = directory.resolve("demo");
        DemoDataset.generate(DemoSettings.DEFAULT, out);

        Dataset dataset = DatasetReader.read(out);

        OptionalInt row = dataset.users().row("u42");
        assertThat(row).hasValue(41);
        assertThat(dataset.train().rowLength(row.getAsInt())).isGreaterThanOrEqualTo(8);
        assertThat(Files.readAllLines(out.resolve("truth.csv")))
                .hasSize(1_001)
                .anyMatch(line -> line.matches("u42,[a-z]+,0\\.\\d{4},0\\.\\d{4},0\\.\\d{4},0\\.\\d{4}"));
    }

    @Test
    void generate_sameSeed_givesTheSameBytes() throws IOException {
        DemoDataset.generate(new DemoSettings(30, 80, 5), directory.resolve("one"));
        DemoDataset.generate(new DemoSettings(30, 80, 5), directory.resolve("two"));
        DemoDataset.generate(new DemoSettings(30, 80, 6), directory.resolve("other"));

        for (String name : List.of(
                "train.csv",
                "valid.csv",
                "test.csv",
                "items.csv",
                "truth.csv",
                "visual.npy",
                "acoustic.npy",
                "textual.npy")) {
            Path one = directory.resolve("one").resolve(name);
            assertThat(directory.resolve("two").resolve(name)).hasSameBinaryContentAs(one);
            assertThat(Files.mismatch(directory.resolve("other").resolve(name), one))
                    .isNotNegative();
        }
    }

    @Test
    void generate_trainValidTest_followEachOtherInTime() throws IOException {
        Path out = directory.resolve("demo");
        DemoDataset.generate(new DemoSettings(1, 60, 1), out);

        List<Long> times = Stream.of("train.csv", "valid.csv", "test.csv")
                .flatMap(name -> lines(out.resolve(name)).skip(1))
                .map(line -> Long.valueOf(line.substring(line.lastIndexOf(',') + 1)))
                .toList();

        assertThat(times).hasSizeGreaterThanOrEqualTo(10).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void generate_directoryNotEmpty_isRefused() throws IOException {
        Files.writeString(directory.resolve("mine.txt"), "x");

        assertThatThrownBy(() -> DemoDataset.generate(DemoSettings.DEFAULT, directory))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(directory + ": is not empty; name a directory that is new or empty");
        assertThat(directory).isDirectoryNotContaining("glob:**.csv");
    }

    @Test
    void generate_fileInPlace_isRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("mine.txt"), "x");

        assertThatThrownBy(() -> DemoDataset.generate(DemoSettings.DEFAULT, file))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(file + ": is a file; name a directory that is new or empty");
    }

    @Test
    void settings_tooSmall_areRefused() {
        assertThatThrownBy(() -> new DemoSettings(0, 300, 1)).hasMessage("users is 0; at least 1 is needed");
        assertThatThrownBy(() -> new DemoSettings(1, 59, 1)).hasMessageStartingWith("items is 59; at least 60");
    }

    private static Stream<String> lines(Path file) {
        try {
            return Files.readAllLines(file).stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.FeatureMatrix;
import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InteractionTimes;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue.Item;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatasetReaderTest {

    @TempDir
    Path directory;

    @Test
    void read_trainAlone_ordersUsersAndItemsByFirstAppearance() throws IOException {
        write("train.csv", "user_id,item_id\nbob,x\nann,y\nbob,z\nann,x\n");

        Dataset dataset = DatasetReader.read(directory);

        assertThat(dataset.users().ids()).containsExactly("bob", "ann");
        assertThat(dataset.items().items()).containsExactly(Item.of("x"), Item.of("y"), Item.of("z"));
        assertThat(dataset.train().row(0)).containsExactly(0, 2);
        assertThat(dataset.train().row(1)).containsExactly(1, 0);
        assertThat(dataset.valid()).isEmpty();
        assertThat(dataset.features()).isEmpty();
        assertThat(dataset.notes()).isEqualTo(new DatasetCounts(2, 3, 4, 0, 0, 0, 0, 0, 0));
    }

    @Test
    void read_timestamps_orderEachUsersRow() throws IOException {
        write("train.csv", "timestamp,user_id,extra,item_id\n3,u,,c\n1,u,,a\n9,w,,c\n2,u,,b\n3,u,,d\n");

        Dataset dataset = DatasetReader.read(directory);

        // items by first appearance: c, a, b, d; c and d have the same time, so the file's order decides
        assertThat(dataset.train().row(0)).containsExactly(1, 2, 0, 3);
    }

    @Test
    void read_dates_areKept() throws IOException {
        write("train.csv", """
                user_id,item_id,timestamp
                u,c,2026-11-22T12:00:00.000001Z
                w,a,1970-01-01
                u,a,1969-12-31T23:59:59.999999Z
                u,a,2026-11-23
                """);

        InteractionTimes times = DatasetReader.read(directory).times().orElseThrow();

        assertThat(times.row(0)).containsExactly(-1, 1_795_348_800_000_001L); // a, c
        assertThat(times.row(1)).containsExactly(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"user_id,item_id,timestamp\nu,a,5\n", "user_id,item_id\nu,a\n"})
    void read_noDates_hasNoTimes(String train) throws IOException {
        write("train.csv", train);

        assertThat(DatasetReader.read(directory).times()).isEmpty();
    }

    @Test
    void read_duplicates_keepTheEarliest() throws IOException {
        write("train.csv", "user_id,item_id,timestamp\nu,a,5\nu,b,2\nu,a,1\nu,b,2\nw,a,1\n");

        Dataset dataset = DatasetReader.read(directory);

        assertThat(dataset.train().row(0)).containsExactly(0, 1); // a at 1, b at 2
        assertThat(dataset.notes().duplicates()).isEqualTo(2);
        assertThat(dataset.notes().trainInteractions()).isEqualTo(3);
    }

    @Test
    void read_itemsFile_givesOrderTitleAndCategory() throws IOException {
        write("train.csv", "user_id,item_id\nu,b\n");
        write("items.csv", "category,id,title,more\n,a,\"One, two\",1\nfilm,b,,2\n");
        features("visual", 2);

        Dataset dataset = DatasetReader.read(directory);

        assertThat(dataset.items().item(0).title()).contains("One, two");
        assertThat(dataset.items().item(0).category()).isEmpty();
        assertThat(dataset.items().item(1).title()).isEmpty();
        assertThat(dataset.items().item(1).category()).contains("film");
        assertThat(dataset.train().row(0)).containsExactly(1);
        assertThat(dataset.notes().itemsWithoutInteractions()).isEqualTo(1);
    }

    @Test
    void read_featuresWithoutItemsFile_takeIdsAsRows() throws IOException {
        write("train.csv", "user_id,item_id\nu,2\nu,0\n");
        features("visual", 3);
        features("acoustic", 3);
        Files.createDirectory(directory.resolve("old"));
        write("notes.txt", "passed over");

        Dataset dataset = DatasetReader.read(directory);

        assertThat(dataset.features()).extracting(FeatureMatrix::modality).containsExactly("acoustic", "visual");
        assertThat(dataset.items().items()).extracting(Item::id).containsExactly("0", "1", "2");
        assertThat(dataset.train().row(0)).containsExactly(2, 0);
    }

    @Test
    void read_valid_dropsAndCountsAsDocumented() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\nu,b\nw,c\n");
        write("valid.csv", "user_id,item_id\nu,c\nu,a\nu,ghost\nu,c\nnew,b\nnew,a\nw,c\nlost,ghost\n");

        Dataset dataset = DatasetReader.read(directory);

        HeldOut valid = dataset.valid().orElseThrow();
        assertThat(valid.users()).extracting(HeldOutUser::id).containsExactly("u", "new");
        assertThat(valid.users()).extracting(HeldOutUser::row).containsExactly(OptionalInt.of(0), OptionalInt.empty());
        assertThat(valid.users().getFirst().items()).containsExactly(2);
        assertThat(valid.users().getLast().items()).containsExactly(1, 0);
        // 2 users, 3 items, 3 train, 3 valid, 1 duplicate, 2 unknown, 2 already in train (u a, w c), 1 without history
        assertThat(dataset.notes()).isEqualTo(new DatasetCounts(2, 3, 3, 3, 1, 2, 2, 1, 0));
    }

    @Test
    void fingerprint_dependsOnNamesAndContents_notOnTheFolder(@TempDir Path elsewhere, @TempDir Path renamed)
            throws IOException {
        for (Path folder : List.of(directory, elsewhere, renamed)) {
            Files.writeString(folder.resolve("train.csv"), "user_id,item_id\nu,0\n");
            String modality = folder.equals(renamed) ? "acoustic" : "visual";
            NpyFile.writeFloat16(
                    folder.resolve(modality + ".npy"), new FeatureMatrix(modality, 1, 2, new float[] {1, 2}));
        }
        Files.writeString(elsewhere.resolve("test.csv"), "not read");
        String here = DatasetReader.read(directory).fingerprint();

        assertThat(here).matches("[0-9a-f]{64}");
        assertThat(DatasetReader.read(elsewhere).fingerprint()).isEqualTo(here);
        assertThat(DatasetReader.read(renamed).fingerprint()).isNotEqualTo(here);
        write("train.csv", "user_id,item_id\nw,0\n");
        assertThat(DatasetReader.read(directory).fingerprint()).isNotEqualTo(here);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1,2~3,4~                          | 1 | the header has no column user_id; it must name user_id,item_id",
                "user_id;item_id~1;2~              | 1 | and is: user_id;item_id",
                "user_id, item_id~1,2~             | 1 | the header has no column item_id",
                "User_Id,item_id~1,2~              | 1 | the header has no column user_id",
                "~user_id,item_id~1,2~             | 1 | is blank; the first line must be the header",
                "user_id,item_id,item_id~1,2,3~    | 1 | the header names column item_id twice",
                "user_id,item_id~1,2~~,3~          | 4 | user_id is empty; every row needs one",
                "user_id,item_id~1,2~1,~           | 3 | item_id is empty; every row needs one",
                "user_id,item_id~1,2~1,'  '~       | 3 | item_id is empty",
                "user_id,item_id~1,2~3~            | 3 | has 1 values, the header names 2 columns",
                "user_id,item_id,timestamp~1,2,~   | 2 | timestamp is empty; every row needs one",
                "user_id,item_id,timestamp~1,2,5~1,3,noon~       | 3 | timestamp 'noon' is neither a number nor",
                "user_id,item_id,timestamp~1,2,5~1,3,2024-01-31~ | 3 | is a date, those before are a number",
            })
    void read_badTrainLine_isNamed(String pattern, int line, String cause) throws IOException {
        Path file = write("train.csv", pattern.strip().replace('~', '\n').replace('\'', '"'));

        assertThatThrownBy(() -> DatasetReader.read(directory))
                .isInstanceOfSatisfying(InvalidDatasetException.class, e -> {
                    assertThat(e.source()).isEqualTo(file.toString());
                    assertThat(e.line()).hasValue(line);
                })
                .hasMessageStartingWith("%s, line %d: ".formatted(file, line))
                .hasMessageContaining(cause);
    }

    @Test
    void read_validLineBad_isNamed() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\n");
        Path file = write("valid.csv", "user_id,item_id\nu,a\n\nu,\n");

        assertRefused(file, ", line 4: item_id is empty");
    }

    @Test
    void read_trainItemNotListed_namesTheLine() throws IOException {
        Path file = write("train.csv", "user_id,item_id\nu,a\nu,b\n");
        write("items.csv", "item_id\na\n");

        assertRefused(file, ", line 3: item_id 'b' is not in items.csv; add it there or drop the row");
    }

    @ParameterizedTest
    @ValueSource(strings = {"3", "03", "x", "-1", "1.0", "99999999999"})
    void read_trainItemNoFeatureRow_namesTheLine(String id) throws IOException {
        Path file = write("train.csv", "user_id,item_id\nu,1\nu,%s\n".formatted(id));
        features("visual", 3);

        assertRefused(
                file, ", line 3: item_id '%s' is not a feature row, 0 to 2; an items.csv would define".formatted(id));
    }

    @Test
    void read_featureRowsUnlikeItems_areRefused() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\n");
        write("items.csv", "item_id\na\nb\n");
        features("visual", 3);

        assertRefused(
                directory.resolve("visual.npy"),
                ": contains 3 rows, but items.csv contains 2; features have one row per item");
    }

    @Test
    void read_featureRowsUnlikeEachOther_areRefused() throws IOException {
        write("train.csv", "user_id,item_id\nu,0\n");
        features("acoustic", 4);
        features("visual", 3);

        assertRefused(directory.resolve("visual.npy"), ": contains 3 rows, but acoustic.npy contains 4");
    }

    @Test
    void read_itemTwice_namesTheLine() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\n");
        Path file = write("items.csv", "item_id,title\na,\"x\ny\"\nb,\na,\n");

        assertRefused(file, ", line 5: item_id 'a' occurs twice, first as item 1 of the file");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "item_id,title~            | : has a header but no items",
                "name,title~a,b~           | , line 1: the header has no column item_id",
                "item_id~a~~b~             | , line 3: item_id is empty",
                "id,title~a,b~,c~          | , line 3: id is empty",
            })
    void read_badItemsFile_isRefused(String pattern, String message) throws IOException {
        write("train.csv", "user_id,item_id\nu,a\n");
        Path file = write("items.csv", pattern.strip().replace('~', '\n'));

        assertRefused(file, message.strip());
    }

    @Test
    void read_notUtf8_namesTheLine() throws IOException {
        Path file = directory.resolve("train.csv");
        Files.write(file, "user_id,item_id\nu,a\nu,\u00e9\n".getBytes(StandardCharsets.ISO_8859_1));

        assertRefused(file, ", line 3: is not UTF-8");
    }

    @Test
    void read_utf16_isRefused() throws IOException {
        Path file = directory.resolve("train.csv");
        Files.write(file, "user_id,item_id\nu,a\n".getBytes(StandardCharsets.UTF_16));

        assertRefused(file, ", line 1: is not UTF-8");
    }

    @Test
    void read_headerAlone_isRefused() throws IOException {
        assertRefused(write("train.csv", "user_id,item_id\n"), ": has a header but no interactions");
    }

    @Test
    void read_emptyFile_isRefused() throws IOException {
        assertRefused(write("train.csv", ""), ": is empty");
    }

    @Test
    void read_directoryInPlaceOfFile_isRefused() throws IOException {
        assertRefused(Files.createDirectory(directory.resolve("train.csv")), ": is a directory; a file is expected");
    }

    @Test
    void read_noTrainFile_isRefused() {
        assertRefused(directory, ": contains neither train.csv nor train.parquet; one of them is required");
    }

    @Test
    void read_twoTrainFiles_isRefused() throws IOException {
        write("train.csv", "user_id,item_id\nu,a\n");
        write("train.parquet", "x");

        assertRefused(directory, ": contains both train.csv and train.parquet; remove one of them");
    }

    @Test
    void read_noSuchDirectory_isRefused() {
        Path missing = directory.resolve("missing");

        assertThatThrownBy(() -> DatasetReader.read(missing))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(missing + ": is not a directory; a dataset is a folder with train.csv");
    }

    private void assertRefused(Path file, String message) {
        assertThatThrownBy(() -> DatasetReader.read(directory))
                .isInstanceOfSatisfying(
                        InvalidDatasetException.class,
                        e -> assertThat(e.source()).isEqualTo(file.toString()))
                .hasMessageStartingWith(file + message);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }

    private void features(String modality, int rows) {
        NpyFile.writeFloat16(
                directory.resolve(modality + ".npy"), new FeatureMatrix(modality, rows, 2, new float[2 * rows]));
    }
}

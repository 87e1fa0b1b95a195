package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.DatasetCounts;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Splits of files without live interactions.
class DatasetReaderSplitTest {

    @TempDir
    Path directory;

    @Test
    void leaveLastOut_countsAndOrdersAsDocumented() throws IOException {
        write("train.csv", "user_id,item_id,timestamp\nu,b,1\nu,a,3\nw,a,1\nu,b,9\nu,c,2\n");

        Dataset dataset = read(new Split.LeaveLastOut());

        // items by appearance: b, a, c; u has b, c, a by time, and b once more
        assertThat(dataset.users().ids()).containsExactly("u", "w");
        assertThat(dataset.train().row(0)).containsExactly(0, 2);
        assertThat(dataset.train().row(1)).containsExactly(1);
        assertThat(dataset.valid().orElseThrow().users()).singleElement().satisfies(held -> {
            assertThat(held.id()).isEqualTo("u");
            assertThat(held.row()).isEqualTo(OptionalInt.of(0));
            assertThat(held.items()).containsExactly(1);
        });
        // 2 users, 3 items, 3 to train on, 1 to validate on, 1 duplicate
        assertThat(dataset.notes()).isEqualTo(new DatasetCounts(2, 3, 3, 1, 1, 0, 0, 0, 0));
    }

    @Test
    void byTime_usersWithoutOldInteractions_areDroppedAndCounted() throws IOException {
        write("train.csv", "user_id,item_id,timestamp\nu,a,1\nu,b,2\nw,a,3\nx,c,4\nu,c,5\n");

        Dataset dataset = read(new Split.ByTime(0.4));

        assertThat(dataset.users().ids()).containsExactly("u", "w");
        assertThat(dataset.valid().orElseThrow().users())
                .extracting(HeldOutUser::id)
                .containsExactly("u");
        // 2 users, 3 items, 3 to train on, 1 to validate on; x has new interactions only; c is in no training row
        assertThat(dataset.notes()).isEqualTo(new DatasetCounts(2, 3, 3, 1, 0, 0, 0, 1, 1));
    }

    @Test
    void leaveLastOut_withoutTimestamps_usesTheOrderOfTheFile() throws IOException {
        write("train.csv", "user_id,item_id\nu,b\nw,a\nu,a\nu,b\n");

        Dataset dataset = read(new Split.LeaveLastOut());

        assertThat(dataset.train().row(0)).containsExactly(0);
        assertThat(dataset.valid().orElseThrow().users().getFirst().items()).containsExactly(1);
    }

    @Test
    void fingerprint_dependsOnTheSplit() throws IOException {
        write("train.csv", "user_id,item_id,timestamp\nu,b,1\nu,a,3\nw,a,1\nu,c,2\nw,b,5\nw,c,8\n");
        String lastOut = read(new Split.LeaveLastOut()).fingerprint();

        assertThat(lastOut)
                .matches("[0-9a-f]{64}")
                .isEqualTo(read(new Split.LeaveLastOut()).fingerprint())
                .isNotEqualTo(read(new Split.ByTime(0.5)).fingerprint())
                .isNotEqualTo(DatasetReader.read(directory).fingerprint());
    }

    @Test
    void byTime_withoutTimestamps_isRefused() throws IOException {
        Path file = write("train.csv", "user_id,item_id\nu,b\nu,a\n");

        assertThatThrownBy(() -> read(new Split.ByTime(0.1)))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(file + ": has no timestamps; a split by time needs them");
    }

    @Test
    void split_withAValidFile_isRefused() throws IOException {
        write("train.csv", "user_id,item_id\nu,b\nu,a\n");
        Path valid = write("valid.csv", "user_id,item_id\nu,c\n");

        assertThatThrownBy(() -> read(new Split.LeaveLastOut()))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(valid + ": exists already; remove it");
    }

    @Test
    void split_withoutTrainFile_isRefused() {
        assertThatThrownBy(() -> read(new Split.LeaveLastOut()))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessageStartingWith(directory + ": contains neither train.csv nor train.parquet");
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, -0.1, 2, Double.NaN})
    void byTime_shareOfNothingOrAll_isRefused(double share) {
        assertThatThrownBy(() -> new Split.ByTime(share))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(String.valueOf(share));
    }

    private Dataset read(Split split) {
        return DatasetReader.read(new DatasetSource.Files(directory, Optional.of(split)));
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text);
    }
}

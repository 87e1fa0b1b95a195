package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.HeldOut;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.InvalidDatasetException;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.datasets.reading.InteractionsFile.Histories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HistoriesTest {

    private static final ItemCatalogue ITEMS = ItemCatalogue.of(List.of(Item.of("a"), Item.of("b"), Item.of("c")));

    @TempDir
    Path directory;

    @Test
    void read_folderOrFile_givesTheSameHistories() throws IOException {
        Path file = Files.writeString(
                directory.resolve("train.csv"),
                "user_id,item_id,timestamp\nw,c,2\nu,a,1\nw,b,1\nlost,ghost,1\nu,a,9\nu,ghost,3\n");

        for (Path path : List.of(file, directory)) {
            Histories histories = InteractionsFile.histories(path, ITEMS);

            assertThat(histories.byUser().keySet()).containsExactly("w", "u");
            assertThat(histories.of("w")).containsExactly(1, 2);
            assertThat(histories.of("u")).containsExactly(0);
            assertThat(histories.of("lost")).isEmpty();
            assertThat(histories.duplicates()).isEqualTo(1);
            assertThat(histories.unknownItems()).isEqualTo(2);
        }
    }

    @Test
    void read_missingFile_isRefused() {
        Path missing = directory.resolve("seen.csv");

        assertThatThrownBy(() -> InteractionsFile.histories(missing, ITEMS))
                .isInstanceOf(InvalidDatasetException.class)
                .hasMessage(missing + ": there is no such file");
    }

    @Test
    void heldOut_withoutSeen_countsDroppedItems() throws IOException {
        Path file = Files.writeString(
                directory.resolve("test.csv"), "user_id,item_id\nu,a\nu,b\nw,c\nw,c\nnew,a\nu,ghost\n");
        HeldOut all =
                InteractionsFile.heldOut(file, id -> id.equals("u") ? OptionalInt.of(0) : OptionalInt.empty(), ITEMS);

        HeldOut left = all.withoutSeen(user -> user.id().equals("new") ? new int[] {0, 1} : new int[] {1});

        assertThat(all.interactions()).isEqualTo(4);
        assertThat(all.usersWithoutHistory()).isEqualTo(2);
        assertThat(left.users()).extracting(HeldOutUser::id).containsExactly("u", "w");
        assertThat(left.users().getFirst().items()).containsExactly(0);
        assertThat(left.users().getFirst().row()).hasValue(0);
        assertThat(left.alreadySeen()).isEqualTo(2);
        assertThat(left.duplicates()).isEqualTo(1);
        assertThat(left.unknownItems()).isEqualTo(1);
    }
}

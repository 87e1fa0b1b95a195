package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.datasets.InteractionMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InteractionsFileTest {

    private record Interaction(int user, int item, int time) {}

    @TempDir
    Path directory;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("io.diffmm.Seeds#first200")
    void anyFile_groupsLikeMapsAndSortsDo(long seed) throws IOException {
        List<Interaction> interactions = random(seed);
        StringBuilder text = new StringBuilder("user_id,item_id,timestamp\n");
        interactions.forEach(one -> text.append("%d,%d,%d\n".formatted(one.user(), one.item(), one.time())));
        Path file = Files.writeString(directory.resolve("train.csv"), text);
        List<Integer> users =
                interactions.stream().map(Interaction::user).distinct().toList();

        InteractionsFile rows = InteractionsFile.read(file, id -> OptionalInt.of(Integer.parseInt(id)));
        InteractionMatrix matrix = InteractionMatrix.of(10, rows.rows());

        assertThat(rows.userIds())
                .containsExactlyElementsOf(users.stream().map(String::valueOf).toList());
        for (int user = 0; user < matrix.rows(); user++) {
            assertThat(matrix.row(user)).containsExactly(itemsOf(users.get(user), interactions));
        }
        assertThat(matrix.size() + rows.duplicates()).isEqualTo(interactions.size());
    }

    private static List<Interaction> random(long seed) {
        var random = new SplittableRandom(seed);
        List<Interaction> interactions = new ArrayList<>();
        for (int count = 0; count <= seed; count++) {
            interactions.add(new Interaction(random.nextInt(5), random.nextInt(10), random.nextInt(20)));
        }
        return interactions;
    }

    private static Integer[] itemsOf(int user, List<Interaction> interactions) {
        return interactions.stream()
                .filter(one -> one.user() == user)
                .sorted(Comparator.comparingInt(Interaction::time))
                .map(Interaction::item)
                .distinct()
                .toArray(Integer[]::new);
    }
}

package io.diffmm.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.Artifact.Probe;
import io.diffmm.artifacts.InvalidArtifactException;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.datasets.ItemCatalogue.Item;
import io.diffmm.model.Recommender.RankingQuery;
import io.diffmm.ranking.Ranking;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProbeCheckTest {

    private final List<RankingQuery> queries = new ArrayList<>();

    private static final Probe KNOWN =
            new Probe(Optional.of("u2"), List.of("c", "a"), List.of("d", "b"), List.of(10f, 5f));
    private static final Probe STRANGER =
            new Probe(Optional.empty(), List.of("a"), List.of("d", "c"), List.of(10f, 5f));

    private ProbeCheck check(Probe probe, int[] rows, float... scores) {
        var contents = new ArtifactContents(
                IdIndex.of(List.of("u1", "u2")),
                ItemCatalogue.of(List.of(Item.of("a"), Item.of("b"), Item.of("c"), Item.of("d"))),
                InteractionMatrix.of(4, List.of(new int[] {0}, new int[] {2, 0})),
                Optional.empty(),
                List.of(probe));
        return new ProbeCheck(contents, query -> {
            queries.add(query);
            return CompletableFuture.completedFuture(new Ranking(rows, scores));
        });
    }

    @Test
    void sameAnswer_isFit_andTheQueryIsThatRecorded() {
        check(KNOWN, new int[] {3, 1}, 10, 5).run();
        check(STRANGER, new int[] {3, 2}, 10, 5).run();

        RankingQuery known = queries.getFirst();
        assertThat(known.history().user()).isEqualTo(OptionalInt.of(1));
        assertThat(known.history().items()).containsExactly(2, 0);
        assertThat(known.excluded().stream()).containsExactly(0, 2);
        assertThat(known.count()).isEqualTo(2);
        assertThat(queries.getLast().history().user()).isEmpty();
    }

    @Test
    void otherRounding_isFit() {
        assertThatCode(() -> check(KNOWN, new int[] {3, 1}, 10.009f, 4.991f).run())
                .doesNotThrowAnyException();
        assertThatCode(() -> check(KNOWN, new int[] {3, 0}, 10, 5.001f).run())
                .as("another item is as good as the last")
                .doesNotThrowAnyException();
    }

    @Test
    void otherScoreItemOrNumber_isNotFit() {
        assertUnfit(check(KNOWN, new int[] {3, 1}, 10, 5.02f));
        assertUnfit(check(KNOWN, new int[] {3, 1}, 10, Float.NaN));
        assertUnfit(check(KNOWN, new int[] {1, 3}, 10, 5));
        assertUnfit(check(KNOWN, new int[] {3}, 10));
        assertUnfit(check(new Probe(Optional.empty(), List.of("a"), List.of(), List.of()), new int[] {3}, 10));
    }

    private static void assertUnfit(ProbeCheck check) {
        assertThatThrownBy(check::run)
                .isInstanceOf(InvalidArtifactException.class)
                .hasMessageContaining("the answer to probe 0 is ")
                .hasMessageContaining("the training job recorded");
    }

    @Test
    void unknownIds_areNotFit() {
        assertThatThrownBy(() -> check(new Probe(Optional.of("u9"), List.of("a"), List.of(), List.of()), new int[0])
                        .run())
                .hasMessage("probes.json: the user of probe 0 is unknown");
        assertThatThrownBy(() -> check(new Probe(Optional.empty(), List.of("z"), List.of(), List.of()), new int[0])
                        .run())
                .hasMessageContaining("the unknown item z");
    }
}

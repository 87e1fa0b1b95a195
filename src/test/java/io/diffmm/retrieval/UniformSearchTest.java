package io.diffmm.retrieval;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.ranking.Ranking;
import io.diffmm.ranking.SparseScores;
import io.diffmm.retrieval.ItemSearch.UniformSearch;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class UniformSearchTest {

    private final UniformSearch search = new UniformSearch(6);

    @Test
    void best_withoutScores_isTheLowestItems() {
        BitSet excluded = BitSet.valueOf(new long[] {0b010010});

        assertThat(best(new TopKRequest(excluded, 3)).rows()).containsExactly(0, 2, 3);
        assertThat(best(new TopKRequest(excluded, 9)).rows()).containsExactly(0, 2, 3, 5);
    }

    @Test
    void best_withScoreOffsets_ordersByThem() {
        var added = new SparseScores(new int[] {1, 2, 5}, new double[] {7, -1, 0.5});

        Ranking best = best(new TopKRequest(BitSet.valueOf(new long[] {0b000010}), 6, added));

        assertThat(best.rows()).containsExactly(5, 0, 3, 4, 2);
        assertThat(best.scores()).containsExactly(0.5f, 0, 0, 0, -1);
    }

    private Ranking best(TopKRequest request) {
        return search.best(List.of(new double[0]), List.of(request)).getFirst();
    }
}

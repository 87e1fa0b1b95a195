package io.diffmm.retrieval;

import io.diffmm.ranking.Ranking;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/// A search among items without vectors: every product is zero, so the lower items come first.
public final class UniformSearch implements ItemSearch {

    private final ItemVectors vectors;

    /// A search among `items` items.
    public UniformSearch(int items) {
        this.vectors = new ItemVectors(MemorySegment.NULL, MemorySegment.ofArray(new float[items]), 0);
    }

    @Override
    public List<Ranking> best(List<double[]> queries, List<Wanted> wanted) {
        List<Ranking> rankings = new ArrayList<>(queries.size());
        for (int row = 0; row < queries.size(); row++) {
            rankings.add(AddedScores.best(vectors, queries.get(row), wanted.get(row), this::first));
        }
        return rankings;
    }

    private Ranking first(Wanted wanted) {
        BitSet excluded = wanted.excluded();
        int left = vectors.size() - excluded.get(0, vectors.size()).cardinality();
        int[] items = new int[Math.min(wanted.count(), left)];
        int item = -1;
        for (int at = 0; at < items.length; at++) {
            item = excluded.nextClearBit(item + 1);
            items[at] = item;
        }
        return new Ranking(items, new float[items.length]);
    }

    @Override
    public ItemVectors vectors() {
        return vectors;
    }

    @Override
    public String describe() {
        return "none";
    }

    @Override
    public void close() {}
}

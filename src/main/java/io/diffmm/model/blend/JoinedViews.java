package io.diffmm.model.blend;

import io.diffmm.model.Cores;
import io.diffmm.model.Recency;
import io.diffmm.model.Recommender.SimilarityQuery;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// Views of several models of the same users and items, joined to one model. Similar items are those of the first
/// member.
final class JoinedViews implements ScoringModel {

    private final List<NumberedModel> members;
    private final List<Scorer> all;
    private final Map<String, Source> sources = new HashMap<>();

    /// Member of an ensemble.
    ///
    /// @param number number of the model among those of its family, from 1
    record NumberedModel(ScoringModel model, int number) {}

    /// Origin of a view.
    ///
    /// @param member index of the member
    /// @param view name of the view in that member
    private record Source(int member, String view) {}

    private JoinedViews(List<NumberedModel> members) {
        this.members = List.copyOf(members);
        this.all = members.stream()
                .flatMap(member -> member.model().all().stream().map(view -> view.numbered(member.number())))
                .toList();
        requireFitting();
        for (int at = 0; at < members.size(); at++) {
            for (Scorer view : members.get(at).model().all()) {
                sources.put(view.numbered(members.get(at).number()).name(), new Source(at, view.name()));
            }
        }
    }

    /// Joins models.
    ///
    /// @param members at least one; closed with the joined model
    /// @throws IllegalArgumentException if they differ in their number of items, or share the name of a view
    static ScoringModel of(List<NumberedModel> members) {
        return members.size() == 1 ? members.getFirst().model() : new JoinedViews(members);
    }

    private void requireFitting() {
        for (NumberedModel member : members) {
            if (member.model().itemCount() != itemCount()) {
                throw new IllegalArgumentException("the models have %d and %d items"
                        .formatted(itemCount(), member.model().itemCount()));
            }
        }
        List<String> names = all.stream().map(Scorer::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("two models have a view of the same name: %s".formatted(names));
        }
    }

    @Override
    public int itemCount() {
        return members.getFirst().model().itemCount();
    }

    @Override
    public List<Scorer> all() {
        return all;
    }

    @Override
    public List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> recencies, StageTimes times, Cores cores) {
        SequencedMap<Integer, SequencedMap<String, Recency>> parts = new LinkedHashMap<>(); // by member
        recencies.forEach((view, recency) -> {
            Source source = source(view);
            parts.computeIfAbsent(source.member(), _ -> new LinkedHashMap<>()).put(source.view(), recency);
        });
        List<Supplier<List<List<UserVector>>>> computations = new ArrayList<>(parts.size());
        parts.forEach((member, own) ->
                computations.add(() -> members.get(member).model().vectors(histories, own, times, cores)));
        List<List<List<UserVector>>> found = cores.all(computations);
        List<Integer> involved = List.copyOf(parts.keySet());
        return IntStream.range(0, histories.size())
                .mapToObj(row -> merged(
                        recencies,
                        involved,
                        found.stream().map(vectors -> vectors.get(row)).toList()))
                .toList();
    }

    /// Merges one user's vectors of all members into the order of `recencies`.
    private List<UserVector> merged(
            SequencedMap<String, Recency> recencies, List<Integer> involved, List<List<UserVector>> vectors) {
        List<Iterator<UserVector>> next = vectors.stream().map(List::iterator).toList();
        return recencies.keySet().stream()
                .map(view -> next.get(involved.indexOf(source(view).member())).next())
                .toList();
    }

    private Source source(String view) {
        return Optional.ofNullable(sources.get(view))
                .orElseThrow(() -> new IllegalArgumentException("no model has a view '%s'".formatted(view)));
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return members.getFirst().model().similar(queries, times);
    }

    @Override
    public List<ItemSearch> searches() {
        return members.stream()
                .flatMap(member -> member.model().searches().stream())
                .toList();
    }

    @Override
    public void index(IndexFiles files, List<UserHistory> sample) throws IOException {
        for (NumberedModel member : members) {
            member.model().index(new IndexFiles(files.weights(), member.number()), sample);
        }
    }

    @Override
    public void close() {
        members.forEach(member -> member.model().close());
    }
}

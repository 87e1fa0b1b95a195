package io.diffmm.model.blend;

import io.diffmm.model.Cores;
import io.diffmm.model.Recency;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.UserHistory;
import io.diffmm.model.UserVector;
import io.diffmm.model.View;
import io.diffmm.model.Views;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import java.io.IOException;
import java.nio.file.Path;
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

/// The views of several models of the same users and items, as if they were one model's. Similar items are the first
/// one's.
final class JoinedViews implements Views {

    private final List<Views> members;
    private final List<View> all;
    private final Map<String, Integer> owners = new HashMap<>();

    private JoinedViews(List<Views> members) {
        this.members = List.copyOf(members);
        this.all = members.stream().flatMap(member -> member.all().stream()).toList();
        requireFitting();
        for (int member = 0; member < members.size(); member++) {
            for (View view : members.get(member).all()) {
                owners.put(view.name(), member);
            }
        }
    }

    /// The views of some models.
    ///
    /// @param members taken over, at least one
    /// @throws IllegalArgumentException if they have different items, or a view's name in common
    static Views of(List<Views> members) {
        return members.size() == 1 ? members.getFirst() : new JoinedViews(members);
    }

    private void requireFitting() {
        for (Views member : members) {
            if (member.itemCount() != itemCount()) {
                throw new IllegalArgumentException(
                        "the models have %d and %d items".formatted(itemCount(), member.itemCount()));
            }
        }
        List<String> names = all.stream().map(View::name).toList();
        if (names.stream().distinct().count() < names.size()) {
            throw new IllegalArgumentException("two models have a view of the same name: %s".formatted(names));
        }
    }

    @Override
    public int itemCount() {
        return members.getFirst().itemCount();
    }

    @Override
    public List<View> all() {
        return all;
    }

    @Override
    public List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> wanted, StageTimes times, Cores cores) {
        List<Integer> asked =
                wanted.keySet().stream().map(this::owner).distinct().toList();
        List<Supplier<List<List<UserVector>>>> parts = new ArrayList<>(asked.size());
        for (int member : asked) {
            SequencedMap<String, Recency> own = new LinkedHashMap<>(wanted);
            own.keySet().removeIf(view -> owner(view) != member);
            parts.add(() -> members.get(member).vectors(histories, own, times, cores));
        }
        List<List<List<UserVector>>> found = cores.all(parts);
        return IntStream.range(0, histories.size())
                .mapToObj(row -> merged(
                        wanted,
                        asked,
                        found.stream().map(vectors -> vectors.get(row)).toList()))
                .toList();
    }

    /// One user's vectors of all members in the order in which they are wanted.
    private List<UserVector> merged(
            SequencedMap<String, Recency> wanted, List<Integer> asked, List<List<UserVector>> vectors) {
        List<Iterator<UserVector>> next = vectors.stream().map(List::iterator).toList();
        return wanted.keySet().stream()
                .map(view -> next.get(asked.indexOf(owner(view))).next())
                .toList();
    }

    /// Which member has a view.
    private int owner(String view) {
        return Optional.ofNullable(owners.get(view))
                .orElseThrow(() -> new IllegalArgumentException("no model has a view '%s'".formatted(view)));
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return members.getFirst().similar(queries, times);
    }

    @Override
    public List<ItemSearch> searches() {
        return members.stream().flatMap(member -> member.searches().stream()).toList();
    }

    @Override
    public void index(Path weights, List<UserHistory> sample) throws IOException {
        for (Views member : members) {
            member.index(weights, sample);
        }
    }

    @Override
    public void close() {
        members.forEach(Views::close);
    }
}

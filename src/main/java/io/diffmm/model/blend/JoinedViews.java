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
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/// The views of several models of the same users and items, as if they were one model's. Similar items are the first
/// one's.
final class JoinedViews implements Views {

    private final List<Views> members;
    private final List<View> all;

    private JoinedViews(List<Views> members) {
        this.members = List.copyOf(members);
        this.all = members.stream().flatMap(member -> member.all().stream()).toList();
        requireFitting();
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
        List<Map<String, UserVector>> found = new ArrayList<>(histories.size());
        histories.forEach(_ -> found.add(new LinkedHashMap<>()));
        for (Views member : members) {
            SequencedMap<String, Recency> own = ownOf(member, wanted);
            if (!own.isEmpty()) {
                add(found, own, member.vectors(histories, own, times, cores));
            }
        }
        return found.stream()
                .map(user -> wanted.sequencedKeySet().stream()
                        .flatMap(view -> user.entrySet().stream()
                                .filter(entry -> entry.getKey().equals(view))
                                .map(Map.Entry::getValue))
                        .toList())
                .toList();
    }

    private static SequencedMap<String, Recency> ownOf(Views member, SequencedMap<String, Recency> wanted) {
        List<String> names = member.all().stream().map(View::name).toList();
        SequencedMap<String, Recency> own = new LinkedHashMap<>();
        wanted.forEach((view, recency) -> {
            if (names.contains(view)) {
                own.put(view, recency);
            }
        });
        return own;
    }

    private static void add(
            List<Map<String, UserVector>> found, SequencedMap<String, Recency> own, List<List<UserVector>> vectors) {
        for (int row = 0; row < found.size(); row++) {
            Iterator<UserVector> next = vectors.get(row).iterator();
            for (String view : own.keySet()) {
                found.get(row).put(view, next.next());
            }
        }
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

package io.diffmm.model.denoiser;

import ai.djl.ndarray.NDManager;
import io.diffmm.model.Cores;
import io.diffmm.model.Likeness;
import io.diffmm.model.Recency;
import io.diffmm.model.SimilarityQuery;
import io.diffmm.model.StageTimes;
import io.diffmm.model.StageTimes.Stage;
import io.diffmm.model.UserHistory;
import io.diffmm.model.UserVector;
import io.diffmm.model.View;
import io.diffmm.model.Views;
import io.diffmm.ranking.Ranking;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemVectors;
import java.nio.file.Path;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Supplier;

/// The views of a family that has one: users from their histories, items from the last layer.
///
/// Items are as alike as their vectors' cosine says.
///
/// Memory: owns the manager that it is given and every array in it; a call frees what it made before it returns.
public final class SingleView implements Views {

    private final NDManager manager;
    private final Users users;
    private final View view;
    private final Likeness likeness;

    /// From histories to users.
    public interface Users extends AutoCloseable {

        /// The users of histories.
        ///
        /// @param histories oldest item first
        List<UserVector> of(List<int[]> histories, Recency recency);

        /// Frees what was computed once.
        @Override
        void close();
    }

    /// A view.
    ///
    /// @param name of the view
    /// @param items their vectors and biases
    /// @param users taken over
    /// @param searches opens the search for similar items
    /// @param manager taken over, with the arrays in it
    public SingleView(String name, ItemVectors items, Users users, ItemSearches searches, NDManager manager) {
        this.manager = manager;
        this.users = users;
        this.view = new View(name, () -> items, true);
        this.likeness = new Likeness(items, searches);
    }

    @Override
    public int itemCount() {
        return view.items().get().size();
    }

    @Override
    public List<View> all() {
        return List.of(view);
    }

    @Override
    public List<List<UserVector>> vectors(
            List<UserHistory> histories, SequencedMap<String, Recency> wanted, StageTimes times, Cores cores) {
        if (wanted.isEmpty()) {
            return histories.stream().map(_ -> List.<UserVector>of()).toList();
        }
        List<int[]> items = histories.stream().map(UserHistory::items).toList();
        Recency recency = wanted.firstEntry().getValue();
        Supplier<List<UserVector>> diffusion = () -> times.measure(Stage.DIFFUSION, () -> users.of(items, recency));
        return cores.all(List.of(diffusion)).getFirst().stream().map(List::of).toList();
    }

    @Override
    public List<Ranking> similar(List<SimilarityQuery> queries, StageTimes times) {
        return likeness.best(queries, times);
    }

    @Override
    public List<ItemSearch> searches() {
        return List.of();
    }

    @Override
    public void index(Path weights, List<UserHistory> sample) {}

    @Override
    public void close() {
        likeness.close();
        users.close();
        manager.close();
    }
}

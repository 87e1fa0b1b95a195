package io.diffmm.model.blend;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.linear.ItemItemModel;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.UserHistory;
import io.diffmm.model.blend.JoinedViews.NumberedModel;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.ItemSearches.IndexFiles;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// Files of a model, and how to load them.
///
/// @param members ensemble members, models whose views are blended, at least one; the first view of the first member
///     ranks alone without a blend. Several may be of one family, for example trained with different
///     seeds; the views of the n-th one of a family then end in its number, from 2: `embeddings#2`
/// @param links file of the linear view, if there is one
/// @param blend weights of the views; if absent, the first view ranks alone
public record ModelFiles(List<Member> members, Optional<Path> links, Optional<Blend> blend) {

    /// Number of users whose queries an index is built for.
    private static final int SAMPLE = 2048;

    /// Weights of one family.
    ///
    /// @param family name of the family, for example `diffmm`
    /// @param settings hyper-parameters of the family
    /// @param weights weights file
    /// @param seed seed of the training, if known
    public record Member(String family, Map<String, Object> settings, Path weights, Optional<Long> seed) {

        /// Creates a member whose seed is of no interest.
        public Member(String family, Map<String, Object> settings, Path weights) {
            this(family, settings, weights, Optional.empty());
        }
    }

    public ModelFiles {
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("there is no model");
        }
    }

    /// Returns the model of a manifest.
    ///
    /// @param blend as a tree of plain values; empty for none
    /// @throws IllegalArgumentException if the blend is invalid
    public static ModelFiles of(List<Member> members, Optional<Path> links, Map<String, Object> blend) {
        return new ModelFiles(members, links, blend.isEmpty() ? Optional.empty() : Optional.of(Blend.of(blend)));
    }

    /// Returns the model of a single family.
    public static ModelFiles of(String family, Map<String, Object> settings, Path weights) {
        return new ModelFiles(List.of(new Member(family, settings, weights)), Optional.empty(), Optional.empty());
    }

    /// Returns the same model with a copy of the first member's weights.
    public ModelFiles withWeights(Path copy) {
        List<Member> changed = new ArrayList<>(members);
        changed.set(0, new Member(first().family(), first().settings(), copy, first().seed()));
        return new ModelFiles(changed, links, blend);
    }

    /// First member; indexes are in the directory of its weights.
    public Member first() {
        return members.getFirst();
    }

    /// Returns the same model with another blend.
    public ModelFiles with(Blend other) {
        return new ModelFiles(members, links, Optional.of(other));
    }

    /// Loads the model.
    ///
    /// @param parent parent of the native arrays, on the device to compute with
    /// @param search how items are searched
    /// @throws IOException if a file cannot be read
    /// @throws IllegalArgumentException if the files, the settings and the blend do not belong together
    public BlendedRecommender load(NDManager parent, SearchSettings search) throws IOException {
        Optional<ItemItemModel> linear =
                links.isEmpty() ? Optional.empty() : Optional.of(ItemItemModel.read(links.get(), parent));
        ScoringModel views = views(parent, search);
        try {
            requireSameItems(views, linear);
            return new BlendedRecommender(
                    views,
                    linear,
                    blend.orElseGet(() -> Blend.of(views.all().getFirst().name())),
                    ItemSearches.of(indexes(), search, parent),
                    parent);
        } catch (RuntimeException | Error e) {
            views.close();
            throw e;
        }
    }

    private ScoringModel views(NDManager parent, SearchSettings search) throws IOException {
        List<NumberedModel> loaded = new ArrayList<>(members.size());
        Map<String, Integer> numbers = new HashMap<>();
        try {
            for (Member member : members) {
                int number = numbers.merge(member.family(), 1, Integer::sum);
                IndexFiles files = new IndexFiles(member.weights(), number);
                ModelFamily<?> family = ModelFamily.named(member.family());
                loaded.add(new NumberedModel(family.load(files, member.settings(), parent, search), number));
            }
            return JoinedViews.of(loaded);
        } catch (IOException | RuntimeException | Error e) {
            loaded.forEach(member -> member.model().close());
            throw e;
        }
    }

    /// Loads the model for evaluation, with scans in float32: they leave the fewest items to be multiplied exactly
    /// for views that rank badly. The lists are the same as with any other precision.
    ///
    /// @throws IOException if a file cannot be read
    /// @throws IllegalArgumentException if the files, the settings and the blend do not belong together
    public BlendedRecommender load(NDManager parent) throws IOException {
        return load(parent, SearchSettings.defaults().with(Precision.FLOAT32));
    }

    private static void requireSameItems(ScoringModel views, Optional<ItemItemModel> links) {
        links.map(ItemItemModel::size).filter(size -> size != views.itemCount()).ifPresent(size -> {
            throw new IllegalArgumentException(
                    "the linear view has %d items, the weights %d".formatted(size, views.itemCount()));
        });
    }

    /// Builds the indexes of the searches of the blend, in the directory of the weights.
    ///
    /// @param histories histories of users, as examples of later queries
    /// @throws IOException if a file cannot be read or written
    public void index(InteractionMatrix histories) throws IOException {
        try (NDManager manager = DeviceChoice.parse("cpu").newManager();
                BlendedRecommender model = load(manager, SearchSettings.scans(Optional.empty()))) {
            model.index(indexes(), sample(histories));
        }
    }

    private IndexFiles indexes() {
        return new IndexFiles(first().weights(), 1);
    }

    private static List<UserHistory> sample(InteractionMatrix histories) {
        int[] users = IntStream.range(0, histories.rows())
                .filter(user -> histories.rowLength(user) > 0)
                .toArray();
        int step = Math.max(1, users.length / SAMPLE);
        return IntStream.range(0, Math.min(users.length, SAMPLE))
                .map(at -> users[at * step])
                .mapToObj(user -> new UserHistory(OptionalInt.of(user), histories.row(user)))
                .toList();
    }
}

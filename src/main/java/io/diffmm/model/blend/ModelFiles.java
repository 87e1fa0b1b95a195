package io.diffmm.model.blend;

import ai.djl.ndarray.NDManager;
import io.diffmm.datasets.InteractionMatrix;
import io.diffmm.linear.ItemLinks;
import io.diffmm.model.DeviceChoice;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.UserHistory;
import io.diffmm.model.Views;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.retrieval.Precision;
import io.diffmm.retrieval.SearchSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;

/// A model in its files.
///
/// @param members the models whose views it blends, at least one; the first one's first view ranks unless the blend
/// says otherwise
/// @param links the file with the linear view, if it has one
/// @param blend how the views become one score; without one the first view ranks alone
public record ModelFiles(List<Member> members, Optional<Path> links, Optional<Blend> blend) {

    /// Users whose queries an index is built for.
    private static final int SAMPLE = 2048;

    /// The weights of one family.
    ///
    /// @param family which family its views are of, say `diffmm`
    /// @param settings the family's hyper-parameters
    /// @param weights the file with the family's weights
    public record Member(String family, Map<String, Object> settings, Path weights) {}

    public ModelFiles {
        members = List.copyOf(members);
        if (members.isEmpty()) {
            throw new IllegalArgumentException("there is no model");
        }
    }

    /// A model as a manifest describes it.
    ///
    /// @param blend as a tree of plain values; empty for none
    /// @throws IllegalArgumentException if the blend is none
    public static ModelFiles of(List<Member> members, Optional<Path> links, Map<String, Object> blend) {
        return new ModelFiles(members, links, blend.isEmpty() ? Optional.empty() : Optional.of(Blend.of(blend)));
    }

    /// One family's views alone.
    public static ModelFiles of(String family, Map<String, Object> settings, Path weights) {
        return new ModelFiles(List.of(new Member(family, settings, weights)), Optional.empty(), Optional.empty());
    }

    /// The same model with a copy of the first member's weights.
    public ModelFiles withWeights(Path copy) {
        List<Member> changed = new ArrayList<>(members);
        changed.set(0, new Member(first().family(), first().settings(), copy));
        return new ModelFiles(changed, links, blend);
    }

    /// The first member, beside whose weights indexes lie.
    public Member first() {
        return members.getFirst();
    }

    /// The same model blended in another way.
    public ModelFiles with(Blend other) {
        return new ModelFiles(members, links, Optional.of(other));
    }

    /// Loads the model.
    ///
    /// @param parent of the native arrays, on the device to compute with
    /// @param search how its items are searched
    /// @throws IOException if a file cannot be read
    /// @throws IllegalArgumentException if the files, the settings and the blend do not belong together
    public BlendedRecommender load(NDManager parent, SearchSettings search) throws IOException {
        Optional<ItemLinks> linear =
                links.isEmpty() ? Optional.empty() : Optional.of(ItemLinks.read(links.get(), parent));
        Views views = views(parent, search);
        try {
            requireSameItems(views, linear);
            return new BlendedRecommender(
                    views,
                    linear,
                    blend.orElseGet(() -> Blend.of(views.all().getFirst().name())),
                    ItemSearches.of(first().weights(), search, parent),
                    parent);
        } catch (RuntimeException | Error e) {
            views.close();
            throw e;
        }
    }

    private Views views(NDManager parent, SearchSettings search) throws IOException {
        List<Views> loaded = new ArrayList<>(members.size());
        try {
            for (Member member : members) {
                ModelFamily family = ModelFamily.named(member.family());
                loaded.add(family.load(member.weights(), member.settings(), parent, search));
            }
            return JoinedViews.of(loaded);
        } catch (IOException | RuntimeException | Error e) {
            loaded.forEach(Views::close);
            throw e;
        }
    }

    /// Loads the model to measure it: what it scans, it scans in float32, which leaves the fewest items to be
    /// multiplied exactly where views are asked that rank badly. The lists are the same.
    ///
    /// @throws IOException if a file cannot be read
    /// @throws IllegalArgumentException if the files, the settings and the blend do not belong together
    public BlendedRecommender load(NDManager parent) throws IOException {
        return load(parent, SearchSettings.usual().with(Precision.FLOAT32));
    }

    private static void requireSameItems(Views views, Optional<ItemLinks> links) {
        links.map(ItemLinks::size).filter(size -> size != views.itemCount()).ifPresent(size -> {
            throw new IllegalArgumentException(
                    "the linear view has %d items, the weights %d".formatted(size, views.itemCount()));
        });
    }

    /// Builds the indexes of the searches that the blend makes, beside the weights.
    ///
    /// @param histories of users for whom items will be searched
    /// @throws IOException if a file cannot be read or written
    public void index(InteractionMatrix histories) throws IOException {
        try (NDManager manager = DeviceChoice.parse("cpu").newManager();
                BlendedRecommender model = load(manager, SearchSettings.scans(Optional.empty()))) {
            model.index(first().weights(), sample(histories));
        }
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

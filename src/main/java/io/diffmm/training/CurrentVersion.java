package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import io.diffmm.artifacts.Artifact;
import io.diffmm.artifacts.Artifact.ArtifactContents;
import io.diffmm.artifacts.ArtifactLocator;
import io.diffmm.artifacts.ArtifactReader;
import io.diffmm.artifacts.Manifest;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut.HeldOutUser;
import io.diffmm.datasets.IdIndex;
import io.diffmm.datasets.ItemCatalogue;
import io.diffmm.evaluation.Evaluator.UserOutcome;
import io.diffmm.evaluation.OfflineRanker;
import io.diffmm.evaluation.OfflineRanker.ModelRanker;
import io.diffmm.evaluation.PopularityRanker;
import io.diffmm.model.Recommender;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.model.blend.ModelFiles;
import io.diffmm.report.Comparison;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Version that is current while another one is trained, with the result of its measurement on the dataset of the
/// training job.
sealed interface CurrentVersion {

    /// No version is published yet.
    record None() implements CurrentVersion {}

    /// The version could not be read, loaded or measured.
    record Unusable(String reason) implements CurrentVersion {}

    /// The version was measured and compared with the new model.
    ///
    /// @param outcomes lists of its blend for the users of `valid`
    record Measured(Comparison comparison, List<UserOutcome> outcomes) implements CurrentVersion {

        public Measured {
            outcomes = List.copyOf(outcomes);
        }

        String version() {
            return comparison.version();
        }

    }

    /// Loads and measures the current version, and frees the loaded model afterwards.
    ///
    /// @param model directory with the versions of a model
    static CurrentVersion measure(
            Path model, NDManager parent, BiFunction<Artifact, BlendedRecommender, Measured> measurement) {
        try (NDManager manager = parent.newSubManager()) {
            Optional<Path> directory = ArtifactLocator.currentIn(model);
            return directory.isEmpty() ? new None() : measured(directory.get(), manager, measurement);
        } catch (IOException | RuntimeException e) {
            return new Unusable(String.valueOf(e.getMessage()));
        }
    }

    private static Measured measured(
            Path directory, NDManager manager, BiFunction<Artifact, BlendedRecommender, Measured> measurement)
            throws IOException {
        Artifact artifact = ArtifactReader.open(directory);
        Manifest manifest = artifact.manifest();
        ModelFiles files = ModelFiles.of(EnsembleMembers.of(artifact), artifact.links(), manifest.blend());
        try (BlendedRecommender recommender = files.load(manager)) {
            return measurement.apply(artifact, recommender);
        }
    }

    /// Returns the ranking of a published model for the users and items of a dataset.
    static OfflineRanker ranker(Recommender model, ArtifactContents contents, Dataset dataset) {
        OfflineRanker ranker = new ModelRanker(
                model,
                TranslatedRanker.histories(dataset, contents),
                new PopularityRanker(contents.histories().columnCounts()));
        return new TranslatedRanker(contents, dataset.items(), ranker);
    }

    /// Ranking of a published model for the users and items of a dataset other than the one it was trained on.
    ///
    /// Users and items are matched by id. Items unknown to the model are never recommended; items missing from the
    /// dataset are excluded.
    final class TranslatedRanker implements OfflineRanker {

        private static final int UNKNOWN = -1;

        private final OfflineRanker ranker;
        private final IdIndex users;
        private final int[] toModel; // row in the model of each item of the dataset, or UNKNOWN
        private final int[] toDataset; // row in the dataset of each item of the model, or UNKNOWN
        private final BitSet removed; // rows in the model of items that the dataset does not contain

        /// Creates a ranking by rows of the dataset.
        ///
        /// @param ranker ranking by rows of the model, with the histories from [#histories]
        TranslatedRanker(ArtifactContents contents, ItemCatalogue items, OfflineRanker ranker) {
            this.ranker = ranker;
            this.users = contents.users();
            this.toModel = rows(items, contents.items());
            this.toDataset = rows(contents.items(), items);
            this.removed = new BitSet();
            IntStream.range(0, toDataset.length)
                    .filter(row -> toDataset[row] == UNKNOWN)
                    .forEach(removed::set);
        }

        private static int[] rows(ItemCatalogue from, ItemCatalogue to) {
            return from.items().stream()
                    .mapToInt(item -> to.row(item.id()).orElse(UNKNOWN))
                    .toArray();
        }

        /// Returns the history of a user of the dataset by rows of the model, without items unknown to the model.
        static Function<HeldOutUser, int[]> histories(Dataset dataset, ArtifactContents contents) {
            int[] toModel = rows(dataset.items(), contents.items());
            return user -> {
                OptionalInt row = dataset.users().row(user.id());
                return row.isEmpty() ? new int[0] : known(dataset.train().row(row.getAsInt()), toModel);
            };
        }

        private static int[] known(int[] items, int[] translation) {
            return Arrays.stream(items)
                    .map(item -> translation[item])
                    .filter(row -> row != UNKNOWN)
                    .toArray();
        }

        @Override
        public List<int[]> rank(List<HeldOutUser> users, Function<HeldOutUser, BitSet> excluded, int count) {
            Map<String, BitSet> translated = new HashMap<>();
            for (HeldOutUser user : users) {
                translated.put(user.id(), excludedRows(excluded.apply(user)));
            }
            List<HeldOutUser> known = users.stream()
                    .map(user -> new HeldOutUser(this.users.row(user.id()), user.id(), user.items()))
                    .toList();
            return ranker.rank(known, user -> translated.getOrDefault(user.id(), new BitSet()), count).stream()
                    .map(rows -> known(rows, toDataset))
                    .toList();
        }

        private BitSet excludedRows(BitSet items) {
            BitSet rows = new BitSet();
            rows.or(removed);
            items.stream()
                    .map(item -> toModel[item])
                    .filter(row -> row != UNKNOWN)
                    .forEach(rows::set);
            return rows;
        }
    }
}

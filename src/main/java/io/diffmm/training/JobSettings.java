package io.diffmm.training;

import ai.djl.ndarray.NDManager;
import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.diffmm.datasets.Dataset;
import io.diffmm.datasets.HeldOut;
import io.diffmm.linear.LinearSettings;
import io.diffmm.model.Recency;
import io.diffmm.model.ScoringModel.Scorer;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.blend.BlendedRecommender;
import io.diffmm.training.JobSettings.ViewSettings.FoldCount;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Hyper-parameters of a training job, parsed and checked once: those of the model's family, and those of all views.
final class JobSettings {

    private static final String VIEWS = "views";

    private final FamilySettings<?> family;
    private final ViewSettings views;

    private JobSettings(FamilySettings<?> family, ViewSettings views) {
        this.family = family;
        this.views = views;
    }

    /// Settings of one family with its trainer.
    private record FamilySettings<S extends Record>(TrainerFamily<S> trainer, S values) {

        static <S extends Record> FamilySettings<S> of(TrainerFamily<S> trainer, Map<String, Object> tree) {
            return new FamilySettings<>(trainer, trainer.model().settings(tree));
        }

        FamilySettings<S> withEpochs(int epochs) {
            return new FamilySettings<>(trainer, trainer.withEpochs(values, epochs));
        }

        TrainerFamily.Schedule schedule() {
            return trainer.schedule(values);
        }

        List<String> views(Dataset dataset) {
            return trainer.views(dataset, values);
        }

        TrainingRun open(Dataset dataset, long seed, NDManager manager) {
            return trainer.open(dataset, values, seed, manager);
        }
    }

    /// Settings of the views of a model that do not come from its family, and recency weights of all views: the
    /// section `views` of the settings.
    ///
    /// @param linear settings of the linear view
    /// @param recency recency weights by view or kind of view; all others have equal weights
    /// @param folds number of folds of `train` that the blend is chosen on in addition to `valid`
    record ViewSettings(LinearSettings linear, Map<String, Recency> recency, FoldCount folds) {

        ViewSettings {
            recency = Map.copyOf(recency);
        }

        /// Number of folds: `auto`, or a number; 0 for none.
        ///
        /// @param given number; empty for `auto`
        record FoldCount(OptionalInt given) {

            private static final String AUTO = "auto";

            private static final int MAX = 10;

            /// Folds where `valid` is small.
            static final FoldCount AUTOMATIC = new FoldCount(OptionalInt.empty());

            FoldCount {
                given.ifPresent(count -> SettingRules.within(0, MAX, count, "folds"));
            }

            @JsonCreator
            static FoldCount of(Object value) {
                if (value instanceof Integer count) {
                    return new FoldCount(OptionalInt.of(count));
                }
                if (AUTO.equals(value)) {
                    return AUTOMATIC;
                }
                throw new IllegalArgumentException("folds is %s; need auto, or 0 to %d".formatted(value, MAX));
            }

            /// Returns the number of folds of a job.
            ///
            /// @param ensemble whether published models join the blend. They cannot be trained anew, and
            ///     have seen what a fold hides, so there are no folds.
            /// @throws IllegalArgumentException if folds are required, but there are such models
            int of(Dataset dataset, boolean ensemble) {
                if (ensemble) {
                    given.ifPresent(FoldCount::requireNone);
                    return 0;
                }
                boolean small = dataset.valid().map(HeldOut::interactions).orElse(0) < LastRowFolds.SMALL_VALID;
                return given.orElse(small ? LastRowFolds.COUNT : 0);
            }

            private static void requireNone(int count) {
                if (count > 0) {
                    throw new IllegalArgumentException(
                            "views.folds is %d, but the models of --ensemble were trained on the interactions that folds hide; set views.folds to 0, or train without published models"
                                    .formatted(count));
                }
            }

            /// Returns the value in settings files.
            @JsonValue
            Object value() {
                return given.isPresent() ? (Object) given.getAsInt() : AUTO;
            }
        }

        private static ViewSettings of(@Nullable Object section) {
            if (!(section instanceof Map<?, ?> tree)) {
                throw new IllegalArgumentException("views is %s; need the settings of the views".formatted(section));
            }
            Map<String, Object> copy = new LinkedHashMap<>();
            tree.forEach((key, value) -> copy.put(String.valueOf(key), value));
            copy.putIfAbsent("folds", FoldCount.AUTO);
            try {
                return SettingsMapper.read(copy, ViewSettings.class);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("views: " + e.getMessage(), e);
            }
        }

        /// Rejects names under `recency` that are neither views nor kinds of views.
        ///
        /// @param views views of the family
        /// @throws IllegalArgumentException naming an unknown one
        void requireKnown(List<String> views) {
            Set<String> known = new TreeSet<>(views);
            known.add(BlendedRecommender.LINEAR);
            views.forEach(view -> known.add(Scorer.kind(view)));
            for (String name : recency.keySet()) {
                if (!known.contains(name)) {
                    throw new IllegalArgumentException(
                            "views.recency names '%s', which is not a view; views: %s".formatted(name, known));
                }
            }
        }

        /// Recency weights of a view.
        Recency recency(String view) {
            return Optional.ofNullable(recency.get(Scorer.base(view)))
                    .or(() -> Optional.ofNullable(recency.get(Scorer.kind(view))))
                    .orElse(Recency.NONE);
        }
    }

    /// Reads the settings of a request.
    ///
    /// @throws IllegalArgumentException naming the setting or preset that is wrong
    static JobSettings of(TrainingRequest request, TrainerFamily<?> family) {
        return of(SettingsFile.read(request.config(), family), request.epochs(), family);
    }

    /// Reads the settings of `--config`.
    ///
    /// @param family family of the presets
    /// @throws IllegalArgumentException naming the setting or preset that is wrong
    static JobSettings read(Optional<String> config, TrainerFamily<?> family) {
        return of(SettingsFile.read(config, family), OptionalInt.empty(), family);
    }

    /// Parses the tree of a settings file.
    ///
    /// @param epochs maximum number of epochs; the number of the settings if absent
    /// @throws IllegalArgumentException naming the setting that is wrong
    static JobSettings of(Map<String, Object> tree, OptionalInt epochs, TrainerFamily<?> family) {
        Map<String, Object> own = new LinkedHashMap<>(tree);
        ViewSettings views = ViewSettings.of(own.remove(VIEWS));
        JobSettings settings = new JobSettings(FamilySettings.of(family, own), views);
        return epochs.isPresent() ? settings.withEpochs(epochs.getAsInt()) : settings;
    }

    /// Returns the same settings with another maximum number of epochs.
    JobSettings withEpochs(int epochs) {
        return new JobSettings(family.withEpochs(epochs), views);
    }

    /// Returns the same settings without folds.
    JobSettings withoutFolds() {
        return new JobSettings(
                family, new ViewSettings(views.linear(), views.recency(), new FoldCount(OptionalInt.of(0))));
    }

    /// Settings of the family as a tree, as in manifests.
    Map<String, Object> family() {
        return Collections.unmodifiableMap(SettingsMapper.write(family.values()));
    }

    /// Settings of the views.
    ViewSettings views() {
        return views;
    }

    /// Names of the views of a model of this dataset, except the linear one.
    List<String> names(Dataset dataset) {
        return family.views(dataset);
    }

    /// Length of the training.
    TrainerFamily.Schedule schedule() {
        return family.schedule();
    }

    /// Opens a new run with these settings.
    ///
    /// @param manager parent of the native arrays, on the device to train with
    /// @throws IllegalArgumentException if the dataset lacks data that the family needs
    TrainingRun open(Dataset dataset, long seed, NDManager manager) {
        return family.open(dataset, seed, manager);
    }

    /// All settings as a tree, as in settings files.
    Map<String, Object> tree() {
        Map<String, Object> tree = new LinkedHashMap<>(family());
        tree.put(VIEWS, SettingsMapper.write(views));
        return tree;
    }
}

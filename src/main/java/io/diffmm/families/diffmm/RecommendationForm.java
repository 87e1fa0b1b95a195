package io.diffmm.families.diffmm;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.diffmm.model.SettingRules;
import io.diffmm.model.SettingsMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Settings of the recommendation part of DiffMM in one of its forms: the section `recommendation`.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = RecommendationForm.FORM)
@JsonSubTypes({
    @JsonSubTypes.Type(value = RecommendationForm.Published.class, name = RecommendationForm.PUBLISHED),
    @JsonSubTypes.Type(value = RecommendationForm.History.class, name = RecommendationForm.HISTORY)
})
public sealed interface RecommendationForm {

    /// Name of the section.
    String SECTION = "recommendation";

    /// Name of the setting that selects the form.
    String FORM = "form";

    /// Name of the published form, which is that of settings without the section.
    String PUBLISHED = "published";

    /// Name of the form whose users are functions of their histories.
    String HISTORY = "history";

    /// Keeps the exponentials of cosines, `exp(cosine / tau)`, and their sums in the range of float32.
    double MIN_TEMPERATURE = 0.03;

    /// Returns whether the part depends on generated graphs.
    boolean usesGraphs();

    /// Edges of each user in a generated graph.
    int edgesPerUser();

    /// Adds this section to a tree of all settings. The settings of the published form may also be at the
    /// level above it, as in files and manifests older than the section.
    ///
    /// @throws IllegalArgumentException naming a setting at that level that the form does not use, or a
    ///     form that does not exist
    static Map<String, Object> complete(Map<String, Object> tree) {
        Map<String, Object> complete = new LinkedHashMap<>(tree);
        if (!(complete.getOrDefault(SECTION, Map.of()) instanceof Map<?, ?> present)) {
            return complete; // refused with the rest
        }
        Map<String, Object> section = new LinkedHashMap<>(Map.of(FORM, PUBLISHED));
        present.forEach((name, value) -> section.put(String.valueOf(name), value));
        moveUpper(complete, section);
        switch (String.valueOf(section.get(FORM))) {
            case PUBLISHED -> complete.put(SECTION, ofForm(section, Published.class, HISTORY));
            case HISTORY -> complete.put(SECTION, History.complete(ofForm(section, History.class, PUBLISHED)));
            default ->
                throw new IllegalArgumentException("settings: recommendation.form is '%s'; valid values: %s, %s"
                        .formatted(section.get(FORM), PUBLISHED, HISTORY));
        }
        return complete;
    }

    private static void moveUpper(Map<String, Object> tree, Map<String, Object> section) {
        for (String name : SettingsMapper.names(Published.class)) {
            Object value = tree.remove(name);
            if (value != null && HISTORY.equals(section.get(FORM))) {
                throw new IllegalArgumentException(otherForm(name, PUBLISHED, HISTORY));
            } else if (value != null) {
                section.put(name, value);
            }
        }
    }

    /// Returns a section without change; refuses settings of the other form only, such as those of a preset
    /// whose form alone was changed.
    private static Map<String, Object> ofForm(Map<String, Object> section, Class<? extends Record> own, String other) {
        Class<? extends Record> type = other.equals(HISTORY) ? History.class : Published.class;
        List<String> known = SettingsMapper.names(own);
        for (String name : SettingsMapper.names(type)) {
            if (section.containsKey(name) && !known.contains(name)) {
                throw new IllegalArgumentException(
                        otherForm("recommendation." + name, other, String.valueOf(section.get(FORM))));
            }
        }
        return section;
    }

    private static String otherForm(String name, String of, String form) {
        return "settings: %s is a setting of the form %s, but recommendation.form is %s; remove it, or start from a preset of the intended form: 'preset: paper' for published, 'preset: tiktok' for history"
                .formatted(name, of, form);
    }

    /// Form of the paper (Jiang et al. 2024, section 3.3): users and items with embeddings on several
    /// graphs.
    ///
    /// @param layers L, propagation steps over the interaction graph
    /// @param residual omega, weight of the normalised first state in the last
    /// @param modalityGraph weight of propagation over the generated graphs
    /// @param featureMap map of raw features to d dimensions
    /// @param edgesPerUser edges of each user in a generated graph (`rebuild_k`)
    /// @param edgeKeep probability that an entry of a generated graph stays in an epoch
    /// @param contrast contrastive term of the loss
    record Published(
            int layers,
            double residual,
            double modalityGraph,
            FeatureMapKind featureMap,
            int edgesPerUser,
            double edgeKeep,
            Contrast contrast)
            implements RecommendationForm {

        private static final int MAX_LAYERS = 100;

        public Published {
            SettingRules.within(0, MAX_LAYERS, layers, "recommendation.layers");
            SettingRules.atLeast(0, residual, "recommendation.residual");
            SettingRules.atLeast(0, modalityGraph, "recommendation.modality-graph");
            SettingRules.atLeast(1, edgesPerUser, "recommendation.edges-per-user");
            SettingRules.share(edgeKeep, "recommendation.edge-keep");
        }

        /// Returns true: even without weight in the main view, the graphs are those of the contrast.
        @Override
        public boolean usesGraphs() {
            return true;
        }
    }

    /// Contrastive term of the published form.
    ///
    /// @param method views that are contrasted
    /// @param weight weight in the loss (`ssl_reg`)
    /// @param temperature tau
    record Contrast(ContrastMethod method, double weight, double temperature) {

        public Contrast {
            SettingRules.atLeast(0, weight, "recommendation.contrast.weight");
            SettingRules.atLeast(MIN_TEMPERATURE, temperature, "recommendation.contrast.temperature");
        }
    }

    /// Pairs of views of users and items in the contrastive term.
    enum ContrastMethod {

        /// Method 0: each pair of modalities; with a single modality there is no pair, and no contrastive
        /// term.
        @JsonProperty("modality-pairs")
        MODALITY_PAIRS,

        /// Method 1: the main view against each modality.
        @JsonProperty("main-view")
        MAIN_VIEW
    }

    /// Map of the raw features of a modality to d dimensions per item.
    enum FeatureMapKind {

        /// Affine map, `x W + b`.
        @JsonProperty("linear")
        LINEAR,

        /// Matrix product through a leaky ReLU of slope 0.2, `leaky(x W)`.
        @JsonProperty("leaky-relu")
        LEAKY_RELU
    }

    /// Form without embeddings of users; see [HistoryNetwork].
    ///
    /// @param loss loss of a batch
    /// @param temperature tau, divisor of the cosines
    /// @param negatives N, random items that a batch shares; 1 for the loss `bpr`, whose users have one
    ///     each
    /// @param featureShare weight of the mapped features in an item's vector
    /// @param score views whose cosines are the score
    /// @param modalityGraph weight of propagation over the generated graphs
    /// @param edgesPerUser edges of each user in a generated graph
    /// @param contrastWeight weight of the contrast between the main view and those of the modalities
    /// @param contrastTemperature divisor of the cosines of the contrast
    /// @param averagingFrom first epoch whose weights count in the published average; with a number
    ///     greater than that of the epochs, the weights of the last one are published
    /// @param bridge bridge diffusion, which adds a view
    record History(
            Loss loss,
            double temperature,
            int negatives,
            double featureShare,
            Score score,
            double modalityGraph,
            int edgesPerUser,
            double contrastWeight,
            double contrastTemperature,
            int averagingFrom,
            @JsonInclude(JsonInclude.Include.NON_ABSENT) Optional<BridgeSettings> bridge)
            implements RecommendationForm {

        private static final String BRIDGE = "bridge";

        /// Value that replaces the bridge of a preset by none.
        private static final String NONE = "none";

        private static final double CONTRAST_TEMPERATURE = 0.5;

        private static final Map<String, Object> DEFAULTS = Map.of(
                BRIDGE,
                Optional.empty(),
                "score",
                "joint",
                "modality-graph",
                0,
                "edges-per-user",
                1,
                "contrast-weight",
                0,
                "contrast-temperature",
                CONTRAST_TEMPERATURE);

        public History {
            SettingRules.atLeast(MIN_TEMPERATURE, temperature, "recommendation.temperature");
            SettingRules.within(1, SettingRules.MAX_WIDTH, negatives, "recommendation.negatives");
            SettingRules.atLeast(0, featureShare, "recommendation.feature-share");
            SettingRules.atLeast(0, modalityGraph, "recommendation.modality-graph");
            SettingRules.atLeast(1, edgesPerUser, "recommendation.edges-per-user");
            SettingRules.atLeast(0, contrastWeight, "recommendation.contrast-weight");
            SettingRules.atLeast(MIN_TEMPERATURE, contrastTemperature, "recommendation.contrast-temperature");
            SettingRules.atLeast(1, averagingFrom, "recommendation.averaging-from");
            requireEffects(loss, negatives, modalityGraph, edgesPerUser);
            refuse(
                    contrastWeight == 0 && contrastTemperature != CONTRAST_TEMPERATURE,
                    "recommendation.contrast-temperature is %s, but there is no contrast, because recommendation.contrast-weight is 0; remove it, or set recommendation.contrast-weight"
                            .formatted(contrastTemperature));
            refuse(
                    bridge.isPresent() && score == Score.SUM,
                    "recommendation.bridge is set, which needs the vectors of a single view, but recommendation.score is sum; set recommendation.score to joint, or recommendation.bridge to none");
        }

        /// Adds defaults to the section.
        private static Object complete(Map<String, Object> section) {
            section.replace(BRIDGE, NONE, Optional.empty());
            return SettingsMapper.withDefaults(section, DEFAULTS);
        }

        private static void requireEffects(Loss loss, int negatives, double modalityGraph, int edgesPerUser) {
            refuse(
                    loss == Loss.BPR && negatives != 1,
                    "recommendation.negatives is %d, but the loss bpr draws one item for each user; set recommendation.negatives to 1"
                            .formatted(negatives));
            refuse(
                    modalityGraph == 0 && edgesPerUser != 1,
                    "recommendation.edges-per-user is %d, but no graphs are generated, because recommendation.modality-graph is 0; remove it, or set recommendation.modality-graph"
                            .formatted(edgesPerUser));
        }

        private static void refuse(boolean wrong, String message) {
            if (wrong) {
                throw new IllegalArgumentException(message);
            }
        }

        @Override
        public boolean usesGraphs() {
            return modalityGraph > 0;
        }

        /// Number of views whose cosines are the score.
        int views(int modalities) {
            return score == Score.SUM ? 1 + modalities : 1;
        }
    }

    /// Loss of the form `history`.
    enum Loss {

        /// Sampled softmax over the cosines of the positive item and the negatives.
        @JsonProperty("softmax")
        SOFTMAX,

        /// Bayesian personalised ranking of the positive item and one negative.
        @JsonProperty("bpr")
        BPR
    }

    /// Score of the form `history`.
    enum Score {

        /// Cosine in the main view, whose items contain the features.
        @JsonProperty("joint")
        JOINT,

        /// Sum of the cosines in the main view and in the view of each modality, as in MDMNS; each view
        /// has its own term in the loss.
        @JsonProperty("sum")
        SUM
    }
}

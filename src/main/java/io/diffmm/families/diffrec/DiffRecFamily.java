package io.diffmm.families.diffrec;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import io.diffmm.diffusion.Denoiser;
import io.diffmm.families.denoiser.DenoisedRows;
import io.diffmm.families.denoiser.DenoiserSettings;
import io.diffmm.families.denoiser.FeedbackRows;
import io.diffmm.families.denoiser.Optimisation;
import io.diffmm.families.denoiser.TemporalWeights;
import io.diffmm.model.ModelFamily;
import io.diffmm.model.ScoringModel;
import io.diffmm.model.SettingsMapper;
import io.diffmm.model.SingleView;
import io.diffmm.retrieval.ItemSearch;
import io.diffmm.retrieval.ItemSearches;
import io.diffmm.safetensors.Tensors;
import java.util.Map;

/// Family with one denoiser of rows as wide as the catalogue; its view has the family's name.
///
/// This class is DiffRec, with equal weights of all interactions.
public class DiffRecFamily implements ModelFamily<DiffRecFamily.Settings> {

    /// Prefix of the denoiser's arrays, those of [Denoiser#parameters].
    static final String DENOISER = "denoiser.";

    private static final String TEMPORAL = "t-diffrec";

    private final String name;

    /// DiffRec.
    public DiffRecFamily() {
        this("diffrec");
    }

    private DiffRecFamily(String name) {
        this.name = name;
    }

    /// T-DiffRec, with greater weights of recent interactions.
    public static final class Temporal extends DiffRecFamily {

        /// T-DiffRec.
        public Temporal() {
            super(TEMPORAL);
        }
    }

    /// Hyper-parameters of DiffRec and T-DiffRec, for training and serving.
    ///
    /// @param temporal weights of the interactions of a history; equal for DiffRec
    /// @param diffusion denoiser
    /// @param optimisation length of the training
    public record Settings(TemporalWeights temporal, DenoiserSettings diffusion, Optimisation optimisation) {

        public Settings {
            diffusion.requireRows();
            if (diffusion.msiWeight() > 0) {
                throw new IllegalArgumentException(
                        "diffusion.msi-weight is %s, but the family has no modalities; set it to 0 or omit it"
                                .formatted(diffusion.msiWeight()));
            }
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Settings settings(Map<String, Object> tree) {
        Settings settings =
                SettingsMapper.read(TemporalWeights.complete(DenoiserSettings.complete(tree)), Settings.class);
        if (!name.equals(TEMPORAL)) {
            settings.temporal().requireNone(name, TEMPORAL);
        }
        return settings;
    }

    @Override
    public ScoringModel views(NDList arrays, Settings settings, ItemSearches searches, NDManager manager) {
        long items = Tensors.require(arrays, DENOISER + "in.items").getShape().get(0);
        DenoisedRows.requireDenoiser(arrays, DENOISER, items, settings.diffusion());
        arrays.forEach(Tensors::requireFinite);
        ScoringModel views = views(Denoiser.of(arrays, DENOISER), settings, searches, manager);
        arrays.forEach(NDArray::close); // copied, or kept alive by the programs that need them
        return views;
    }

    /// Returns the view of a denoiser.
    ///
    /// @param searches opens the searches for similar items, and for the items to feed back
    /// @param manager owner of the arrays; closed with the view
    ScoringModel views(Denoiser denoiser, Settings settings, ItemSearches searches, NDManager manager) {
        DenoiserSettings own = settings.diffusion();
        if (own.feedback().isPresent()) {
            ItemSearch search = FeedbackRows.search(name, denoiser, searches);
            FeedbackRows users = new FeedbackRows(denoiser, own, settings.temporal(), search, manager);
            return new SingleView(name, users, search, searches, manager);
        }
        DenoisedRows rows = new DenoisedRows(denoiser, own, settings.temporal(), manager);
        return new SingleView(name, rows.vectors(manager), rows, searches, manager);
    }
}

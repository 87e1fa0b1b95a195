package io.diffmm.model.diffmm;

/// What the arrays of a published DiffMM are called, beside its parameters: the items' states after training.
public final class WeightNames {

    /// Each item's neighbours in the interaction graph, itself included, `[I]` int32.
    public static final String DEGREE = "item.degree";

    /// The mean embedding of each item's users, `[I, d]`; see [Audiences].
    public static final String AUDIENCE = "item.audience";

    /// `H_i`, `[I, d]`.
    public static final String LAST = "item.last";

    private static final String GENERATED_DEGREE = "item.generated-degree.";
    private static final String DENOISER = "denoiser.";

    private WeightNames() {}

    /// `norm(F_m)`, `[I, d]`.
    public static String mapped(String modality) {
        return "item.mapped." + modality;
    }

    /// Each item's neighbours in the generated graph of a modality, itself included, `[I]` int32.
    public static String generatedDegree(String modality) {
        return GENERATED_DEGREE + modality;
    }

    /// Whether an array of this name counts neighbours.
    public static boolean isDegree(String name) {
        return name.equals(DEGREE) || name.startsWith(GENERATED_DEGREE);
    }

    /// The items' rows of `Abar^l H0`, `[I, d]`.
    public static String layer(int layer) {
        return "item.layer." + layer;
    }

    /// The prefix of the parameters of a modality's denoiser.
    public static String denoiser(String modality) {
        return DENOISER + modality + ".";
    }
}

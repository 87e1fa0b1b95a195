package io.diffmm.training.denoiser;

/// A history in two parts.
public final class Division {

    private final int[] shown;
    private final int[] hidden;

    /// @param shown not empty; taken over
    /// @param hidden not empty; taken over
    Division(int[] shown, int[] hidden) {
        this.shown = shown;
        this.hidden = hidden;
    }

    /// What the denoiser is given, oldest first.
    public int[] shown() {
        return shown;
    }

    /// What it is to predict.
    public int[] hidden() {
        return hidden;
    }
}

package io.diffmm.training;

/// Thrown when a loss is no longer a finite number. A smaller learning rate, or features of a smaller range, may help.
public final class TrainingDivergedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    TrainingDivergedException(float loss) {
        super("training diverged: the loss is %s; lower the learning rates, or scale the features down"
                .formatted(loss));
    }
}

package io.diffmm.recommendation;

/// Thrown when somebody asks for what is like an item that the model does not know.
public final class UnknownItemException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public UnknownItemException(String itemId) {
        super("The model does not know the item '%s'.".formatted(itemId));
    }
}

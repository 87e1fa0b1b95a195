package io.diffmm.datasets;

/// Says that the row at hand cannot be used; the table that delivers the rows adds where it stands.
final class RowRefusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    RowRefusal(String cause) {
        super(cause);
    }
}

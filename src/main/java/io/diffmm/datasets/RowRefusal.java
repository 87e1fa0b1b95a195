package io.diffmm.datasets;

/// Says that the row at hand cannot be used; the table that delivers the rows adds file and line.
final class RowRefusal extends RuntimeException {

    private static final long serialVersionUID = 1;

    RowRefusal(String cause) {
        super(cause);
    }
}

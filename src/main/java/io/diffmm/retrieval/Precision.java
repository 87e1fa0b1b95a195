package io.diffmm.retrieval;

import ai.djl.Device;

/// The type in which a scan of all items holds their vectors. Whatever it is, the ranking is the one of float32 weights
/// multiplied exactly: a smaller type only makes the list of candidates longer.
public enum Precision {
    /// 4 bytes a number.
    FLOAT32,
    /// 2 bytes: float32 with 8 bits of mantissa.
    BFLOAT16,
    /// 1 byte: whole numbers with a scale for each item. Processors only.
    INT8;

    /// Half a unit in the last place of float32: the greatest relative error of rounding to it.
    private static final double FLOAT32_UNIT = 0x1p-24;

    private static final double BFLOAT16_UNIT = 0x1p-9;

    /// Half of the finest step of a query in two parts of 7 bits, of its greatest number; see `scripts.py`.
    private static final double INT8_STEP = 0.51 / (127 * 63.5);

    /// The fastest on a device, as docs/performance.md has it measured.
    public static Precision best(Device device) {
        return device.isGpu() ? FLOAT32 : INT8;
    }

    /// How far a query is at most from the query that the scan multiplies with, as a Euclidean distance.
    double queryError(double[] query) {
        double squares = 0;
        double greatest = 0;
        for (double value : query) {
            squares += value * value;
            greatest = Math.max(greatest, Math.abs(value));
        }
        return switch (this) {
            case FLOAT32 -> FLOAT32_UNIT * Math.sqrt(squares);
            case BFLOAT16 -> (BFLOAT16_UNIT + FLOAT32_UNIT) * Math.sqrt(squares);
            case INT8 -> INT8_STEP * greatest * Math.sqrt(query.length);
        };
    }

    /// The relative error that computing a product of `width` numbers adds, of the product of the lengths.
    double productError(int width) {
        double sum = (width + 8) * FLOAT32_UNIT; // every addition rounds, in whatever order
        return this == BFLOAT16 ? sum + BFLOAT16_UNIT : sum; // a product comes out in bfloat16
    }
}

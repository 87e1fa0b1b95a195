package io.diffmm.retrieval;

import ai.djl.Device;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The type in which a scan of all items holds their vectors. Whatever it is, the ranking is the one of float32 weights
/// multiplied exactly: a smaller type only makes the list of candidates longer.
public enum Precision {
    /// 4 bytes a number.
    FLOAT32,
    /// 2 bytes: float32 with 8 bits of mantissa. Processors only.
    BFLOAT16,
    /// 1 byte: whole numbers with a scale for each item. Processors only.
    INT8;

    private static final String AUTO = "auto";

    /// Half a unit in the last place of float32: the greatest relative error of rounding to it.
    private static final double FLOAT32_UNIT = 0x1p-24;

    private static final double BFLOAT16_UNIT = 0x1p-8;

    /// Half of the finest step of a query in two parts of 7 bits, of its greatest number; see `scripts.py`.
    private static final double INT8_STEP = 0.51 / (127 * 63.5);

    /// Those that a device can compute in, within the bounds given here. A GPU may add up parts of a product in
    /// bfloat16, for which there is no bound yet.
    static List<Precision> on(Device device) {
        return device.isGpu() ? List.of(FLOAT32) : List.of(values());
    }

    /// The precision that a text names, or none for `auto`: whatever is fastest.
    ///
    /// @throws IllegalArgumentException if it names none
    public static Optional<Precision> parse(String text) {
        if (text.equals(AUTO)) {
            return Optional.empty();
        }
        return Optional.of(Stream.of(values())
                .filter(precision -> precision.label().equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "precision is '%s', not auto, float32, bfloat16 or int8".formatted(text))));
    }

    /// In lower case, as it is configured.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// How far a query is at most from the query that the scan multiplies with, as a Euclidean distance.
    ///
    /// @param norm the query's length
    double queryError(double[] query, double norm) {
        return switch (this) {
            case FLOAT32 -> FLOAT32_UNIT * norm;
            case BFLOAT16 -> FLOAT32_UNIT * norm + roundingError(query);
            case INT8 -> INT8_STEP * greatest(query) * Math.sqrt(query.length);
        };
    }

    /// The distance of a query from itself in bfloat16.
    private static double roundingError(double[] query) {
        double squares = 0;
        for (double value : query) {
            int bits = Float.floatToRawIntBits((float) value);
            int rounded = (bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000; // to the nearest, ties to even
            double error = value - Float.intBitsToFloat(rounded);
            squares += error * error;
        }
        return Math.sqrt(squares);
    }

    private static double greatest(double[] query) {
        double greatest = 0;
        for (double value : query) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    /// The relative error of a sum of `width` products, of the product of the vectors' lengths: every addition
    /// rounds, in whatever order.
    static double sumError(int width) {
        return (width + 8) * FLOAT32_UNIT;
    }

    /// The relative error of a product as it comes out, of its own size as it comes out.
    double relativeError() {
        return this == BFLOAT16 ? 1.01 * BFLOAT16_UNIT : 0;
    }
}

package io.diffmm.retrieval;

import ai.djl.Device;
import io.diffmm.engine.ProcessorFeatures;
import io.diffmm.engine.VectorMath;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// Number format of the vectors in a scan of all items. It does not affect rankings, which use exact products of
/// float32 vectors: a less precise format only adds candidates.
public enum Precision {
    /// 4 bytes per number.
    FLOAT32,
    /// 2 bytes per number: float32 with a mantissa of 8 bits. CPU only.
    BFLOAT16,
    /// 1 byte per number: integers with a scale for each item. CPU only.
    INT8;

    private static final String AUTO = "auto";

    /// Maximum relative error of rounding to float32: half a unit in the last place.
    private static final double FLOAT32_UNIT = 0x1p-24;

    private static final double BFLOAT16_UNIT = 0x1p-8;

    /// Width of a vector from which a scan in float32 is not the fastest.
    private static final int MIN_REDUCED_WIDTH = 256;

    /// Maximum rounding error of a component of a query in two parts of 7 bits, relative to the greatest component;
    /// see `scripts.py`.
    private static final double INT8_STEP = 0.51 / (127 * 63.5);

    /// Returns the formats that a device supports within the error bounds of this class. A GPU may accumulate
    /// products in bfloat16, for which this class has no bound.
    static List<Precision> on(Device device) {
        return device.isGpu() ? List.of(FLOAT32) : List.of(values());
    }

    /// Returns the precision that suits a processor and a width, by rule: a measurement would select another one at
    /// each start under load, and on each replica.
    ///
    /// Memory limits the scan of wide vectors, so the fewest bytes that the processor multiplies in one instruction
    /// are the fastest. Of narrow vectors, the computations around the product take longer: the quantisation of
    /// queries in int8, the exact products of more candidates in bfloat16. Measurements: `docs/performance.md`.
    ///
    /// @param width numbers in a vector
    static Precision suited(Device device, ProcessorFeatures processor, int width) {
        if (device.isGpu() || width < MIN_REDUCED_WIDTH) {
            return FLOAT32;
        }
        if (processor.multipliesIntegers()) {
            return INT8;
        }
        return processor.multipliesBfloat16() ? BFLOAT16 : FLOAT32;
    }

    /// Parses the name of a precision; empty for `auto`, which selects those that suit the processor.
    ///
    /// @throws IllegalArgumentException if the name is unknown
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

    /// Returns the configuration value: the name in lower case.
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// Returns the maximum Euclidean distance of a query from the rounded query that the scan uses.
    ///
    /// @param norm norm of the query
    double queryError(double[] query, double norm) {
        return switch (this) {
            case FLOAT32 -> FLOAT32_UNIT * norm;
            case BFLOAT16 -> FLOAT32_UNIT * norm + roundingError(query);
            case INT8 -> INT8_STEP * VectorMath.maxNorm(query) * Math.sqrt(query.length);
        };
    }

    /// Returns the distance of a query from its rounding to bfloat16.
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

    /// Returns the maximum error of a sum of `width` products, in any order of additions, relative to the product of
    /// the vectors' norms.
    static double sumError(int width) {
        return (width + 8) * FLOAT32_UNIT;
    }

    /// Returns the maximum error of rounding the resulting product, relative to the rounded product.
    double relativeError() {
        return this == BFLOAT16 ? 1.01 * BFLOAT16_UNIT : 0;
    }
}

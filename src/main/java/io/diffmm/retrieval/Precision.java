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

    /// Width of a vector from which a scan in 8-bit integers is the fastest for one query.
    private static final int INT8_WIDTH = 256;

    /// Numbers in a catalogue whose vectors in bfloat16 stay in the caches from one batch to the next.
    private static final long CACHED_NUMBERS = 4_000_000;

    /// Maximum rounding error of a component of a query in two parts of 7 bits, relative to the greatest component;
    /// see `scripts.py`.
    private static final double INT8_STEP = 0.51 / (127 * 63.5);

    /// Returns the formats that a device supports within the error bounds of this class. A GPU may accumulate
    /// products in bfloat16, for which this class has no bound.
    static List<Precision> on(Device device) {
        return device.isGpu() ? List.of(FLOAT32) : List.of(values());
    }

    /// Returns the precision that suits a processor and a catalogue, by rule: a measurement would select another one
    /// at each start under load, and on each replica.
    ///
    /// Memory limits the scan for a small batch, and for any batch if the vectors exceed the caches, so the fewest
    /// bytes are the fastest there. Otherwise bfloat16 is, since queries in 8-bit integers have two parts. For
    /// narrow vectors these parts cost more than they save. `docs/performance.md` has the measurements.
    ///
    /// @param items number of items
    /// @param width numbers in a vector
    /// @param many whether batches are large
    static Precision suited(Device device, ProcessorFeatures processor, int items, int width, boolean many) {
        if (device.isGpu()) {
            return FLOAT32;
        }
        boolean cached = many && (long) items * width < CACHED_NUMBERS;
        if (processor.multipliesIntegers() && width >= INT8_WIDTH && !(cached && processor.multipliesBfloat16())) {
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

package io.diffmm.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Converters of option values to durations and points in time.
final class TimeConverters {

    private TimeConverters() {}

    /// Parses durations in short form: `90s`, `30m`, `1h30m`.
    static final class DurationConverter implements ITypeConverter<Duration> {

        @Override
        public Duration convert(String value) {
            try {
                return Duration.parse("PT" + value);
            } catch (DateTimeException _) {
                throw new TypeConversionException(
                        "'%s' is not a duration; use hours, minutes and seconds, such as 2h, 30m, 1h30m or 90s"
                                .formatted(value));
            }
        }
    }

    /// Parses points in time in ISO 8601 form: `2026-01-31T12:00:00Z`, `2026-01-31T13:00:00+01:00`.
    static final class InstantConverter implements ITypeConverter<Instant> {

        @Override
        public Instant convert(String value) {
            try {
                return OffsetDateTime.parse(value).toInstant();
            } catch (DateTimeException _) {
                throw new TypeConversionException(
                        "'%s' is not a point in time; use date, time and offset, such as 2026-01-31T12:00:00Z"
                                .formatted(value));
            }
        }
    }
}

package io.diffmm.cli;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads durations as people write them: `90s`, `30m`, `1h30m`.
final class DurationConverter implements ITypeConverter<Duration> {

    @Override
    public Duration convert(String value) {
        try {
            return Duration.parse("PT" + value);
        } catch (DateTimeParseException _) {
            throw new TypeConversionException(
                    "'%s' is no duration; give hours, minutes or seconds, as 2h, 30m, 1h30m or 90s".formatted(value));
        }
    }
}

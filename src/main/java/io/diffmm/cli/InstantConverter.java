package io.diffmm.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Reads points in time: `2026-01-31T12:00:00Z`, `2026-01-31T13:00:00+01:00`.
final class InstantConverter implements ITypeConverter<Instant> {

    @Override
    public Instant convert(String value) {
        try {
            return OffsetDateTime.parse(value).toInstant();
        } catch (DateTimeException _) {
            throw new TypeConversionException(
                    "'%s' is no point in time; give date, time and offset, as 2026-01-31T12:00:00Z".formatted(value));
        }
    }
}

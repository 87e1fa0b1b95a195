package io.diffmm.datasets.reading;

import io.diffmm.datasets.reading.Table.RowRefusal;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;

/// Parser of the timestamps of one source, one after the other.
///
/// A timestamp is a whole number and billionths, which order the interactions of the source.
sealed interface Timestamps {

    /// Parses one value; [#whole()] and [#billionths()] belong to it until the next call.
    ///
    /// @throws RowRefusal if the text is not a timestamp, or has another form than those before
    void parse(String text);

    /// Whole part of the last timestamp, rounded down; seconds since 1970 if timestamps are points in time.
    long whole();

    /// Fraction of the last timestamp in billionths, `[0, 10^9)`.
    int billionths();

    /// Returns whether the timestamps so far are points in time, which compare with those of other sources.
    boolean pointsInTime();

    /// Requires a value.
    ///
    /// @throws RowRefusal if it is blank
    private static void requirePresent(String text) {
        if (text.isBlank()) {
            throw new RowRefusal("timestamp is empty; every row needs one, or remove the column");
        }
    }

    /// Timestamps as text: all of a source are numbers, or all are ISO-8601 dates.
    ///
    /// A number keeps its unit, so a source must use one unit. A date without time means midnight, a time without
    /// offset means UTC.
    final class Text implements Timestamps {

        private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000);
        private static final int MAX_LENGTH = 40;
        private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
                .append(DateTimeFormatter.ISO_LOCAL_DATE)
                .optionalStart()
                .appendLiteral('T')
                .append(DateTimeFormatter.ISO_LOCAL_TIME)
                .appendPattern("[XXX][XX][X]")
                .toFormatter();

        private enum Form {
            NUMBER,
            ISO
        }

        private Optional<Form> form = Optional.empty();
        private long whole;
        private int billionths;

        @Override
        public void parse(String text) {
            Timestamps.requirePresent(text);
            Form found = isNumber(text) ? Form.NUMBER : Form.ISO;
            if (!parse(text, found)) {
                throw new RowRefusal(
                        "timestamp '%s' is neither a number nor an ISO-8601 date such as 2024-01-31T12:00:00Z"
                                .formatted(text));
            }
            if (form.orElse(found) != found) {
                throw new RowRefusal("timestamp '%s' is %s, those before are %s; use one form per file"
                        .formatted(text, name(found), name(form.orElseThrow())));
            }
            form = Optional.of(found);
        }

        @Override
        public long whole() {
            return whole;
        }

        @Override
        public int billionths() {
            return billionths;
        }

        @Override
        public boolean pointsInTime() {
            return form.equals(Optional.of(Form.ISO));
        }

        private boolean parse(String text, Form as) {
            try {
                if (as == Form.ISO) {
                    parseIso(text);
                } else {
                    parseNumber(text);
                }
                return true;
            } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
                return false;
            }
        }

        private static boolean isNumber(String text) {
            // An ISO-8601 date has a dash after a digit; a number has one only as a sign of itself or of its exponent.
            for (int at = 1; at < text.length(); at++) {
                if (text.charAt(at) == '-' && Character.isDigit(text.charAt(at - 1))) {
                    return false;
                }
            }
            return true;
        }

        private void parseNumber(String text) {
            if (text.length() < 19 && isWhole(text)) {
                whole = Long.parseLong(text);
                billionths = 0;
                return;
            }
            if (text.length() > MAX_LENGTH || text.chars().anyMatch(c -> c > 'e')) {
                throw new NumberFormatException("not a plain number");
            }
            BigDecimal number = new BigDecimal(text);
            if (Math.abs((long) number.scale()) > MAX_LENGTH) {
                throw new ArithmeticException("out of range");
            }
            BigInteger floor = number.setScale(0, RoundingMode.FLOOR).toBigIntegerExact();
            whole = floor.longValueExact();
            billionths =
                    number.subtract(new BigDecimal(floor)).multiply(BILLION).intValue();
        }

        private static boolean isWhole(String text) {
            return text.chars().skip(text.startsWith("-") ? 1 : 0).allMatch(c -> c >= '0' && c <= '9');
        }

        private void parseIso(String text) {
            boolean spaced = text.length() > 10 && text.charAt(10) == ' ';
            String iso = spaced ? text.substring(0, 10) + 'T' + text.substring(11) : text;
            TemporalAccessor parsed = ISO.parseBest(iso, OffsetDateTime::from, LocalDateTime::from, LocalDate::from);
            OffsetDateTime time = switch (parsed) {
                case OffsetDateTime complete -> complete;
                case LocalDateTime local -> local.atOffset(ZoneOffset.UTC);
                default -> LocalDate.from(parsed).atStartOfDay().atOffset(ZoneOffset.UTC);
            };
            whole = time.toEpochSecond();
            billionths = time.getNano();
        }

        private static String name(Form form) {
            return form == Form.NUMBER ? "a number" : "a date";
        }
    }

    /// Points in time as whole numbers of ticks since 1970 (UTC).
    final class Ticks implements Timestamps {

        private static final long BILLION = 1_000_000_000;

        private final long ticksPerSecond;
        private long whole;
        private int billionths;

        /// Creates a parser.
        ///
        /// @param ticksPerSecond ticks per second, a divisor of a billion
        Ticks(long ticksPerSecond) {
            this.ticksPerSecond = ticksPerSecond;
        }

        @Override
        public void parse(String text) {
            Timestamps.requirePresent(text);
            long ticks = Long.parseLong(text);
            whole = Math.floorDiv(ticks, ticksPerSecond);
            billionths = (int) (Math.floorMod(ticks, ticksPerSecond) * (BILLION / ticksPerSecond));
        }

        @Override
        public long whole() {
            return whole;
        }

        @Override
        public int billionths() {
            return billionths;
        }

        @Override
        public boolean pointsInTime() {
            return true;
        }
    }
}

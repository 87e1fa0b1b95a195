package io.diffmm.datasets;

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

/// Timestamps as people write them, all of a file numbers or all ISO-8601.
///
/// A number is taken in the unit that it has, so a file keeps to one unit. A date without time is its midnight, a time
/// without offset is UTC.
final class TimestampParser implements Timestamps {

    private static final BigDecimal BILLION = BigDecimal.valueOf(1_000_000_000);
    private static final int LONGEST = 40;
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
            throw new RowRefusal("timestamp '%s' is neither a number nor an ISO-8601 date such as 2024-01-31T12:00:00Z"
                    .formatted(text));
        }
        if (form.orElse(found) != found) {
            throw new RowRefusal("timestamp '%s' is %s, those before are %s; a file keeps to one form"
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
        // An ISO date has a dash after its first digits; a number has one only in front or after an exponent's e.
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
        if (text.length() > LONGEST || text.chars().anyMatch(c -> c > 'e')) {
            throw new NumberFormatException("not a plain number");
        }
        BigDecimal number = new BigDecimal(text);
        if (Math.abs((long) number.scale()) > LONGEST) {
            throw new ArithmeticException("out of range");
        }
        BigInteger floor = number.setScale(0, RoundingMode.FLOOR).toBigIntegerExact();
        whole = floor.longValueExact();
        billionths = number.subtract(new BigDecimal(floor)).multiply(BILLION).intValue();
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

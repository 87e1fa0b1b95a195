package io.diffmm.datasets.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.reading.Table.RowRefusal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {

    private final Timestamps parser = new Timestamps.Text();

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "1704067200, 1704067200, 0",
        "-5, -5, 0",
        "1704067200123456789, 1704067200123456789, 0",
        "1.5, 1, 500000000",
        "-0.25, -1, 750000000",
        "1.7040672e9, 1704067200, 0",
        "2.5e-1, 0, 250000000",
        "1970-01-02, 86400, 0",
        "1970-01-01T00:00:07, 7, 0",
        "1970-01-01 00:00:07.25, 7, 250000000",
        "1970-01-01T00:00:07Z, 7, 0",
        "1970-01-01T02:00:07+02:00, 7, 0",
        "1970-01-01 02:00:07+02, 7, 0",
        "1970-01-01T02:00+0200, 0, 0",
        "1969-12-31T23:59:59Z, -1, 0",
    })
    void parse_everyForm_givesWholeAndBillionths(String text, long whole, int billionths) {
        parser.parse(text);

        assertThat(parser.whole()).isEqualTo(whole);
        assertThat(parser.billionths()).isEqualTo(billionths);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "noon",
                "NaN",
                "inf",
                "1,5",
                "-",
                "0x10",
                "2024-13-01",
                "2024-01-01T",
                "01/02/2024",
                "1e400",
                "1e-400",
                "1e2147483647",
                "99999999999999999999",
                "12:30",
                "\u0661"
            })
    void parse_otherText_isRefused(String text) {
        assertThatThrownBy(() -> parser.parse(text))
                .isInstanceOf(RowRefusal.class)
                .hasMessageStartingWith("timestamp '%s' is neither a number nor an ISO-8601 date".formatted(text));
    }

    @ParameterizedTest
    @CsvSource({"2024-01-31, true", "2024-01-31T12:00:00+02:00, true", "1704067200, false", "1.5, false"})
    void pointsInTime_areDatesAlone(String text, boolean pointsInTime) {
        assertThat(parser.pointsInTime()).isFalse();

        parser.parse(text);

        assertThat(parser.pointsInTime()).isEqualTo(pointsInTime);
    }

    @ParameterizedTest
    @CsvSource({
        "1000000, 1704067200123456, 1704067200, 123456000",
        "1000000, -1, -1, 999999000",
        "1000000000, 1704067200123456789, 1704067200, 123456789",
        "1000000000, -1000000001, -2, 999999999",
        "1000000, 0, 0, 0",
    })
    void ticks_becomeSeconds(long ticksPerSecond, String text, long whole, int billionths) {
        var ticks = new Timestamps.Ticks(ticksPerSecond);

        ticks.parse(text);

        assertThat(ticks.whole()).isEqualTo(whole);
        assertThat(ticks.billionths()).isEqualTo(billionths);
        assertThat(ticks.pointsInTime()).isTrue();
    }

    @Test
    void ticks_missing_areRefused() {
        assertThatThrownBy(() -> new Timestamps.Ticks(1).parse(""))
                .isInstanceOf(RowRefusal.class)
                .hasMessageStartingWith("timestamp is empty");
    }

    @Test
    void parse_numberAfterDate_isRefused() {
        parser.parse("2024-01-31");

        assertThatThrownBy(() -> parser.parse("5"))
                .isInstanceOf(RowRefusal.class)
                .hasMessage("timestamp '5' is a number, those before are a date; use one form per file");
    }
}

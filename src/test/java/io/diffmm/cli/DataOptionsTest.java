package io.diffmm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class DataOptionsTest {

    private static final String URL = "jdbc:postgresql://db/shop?user=me&password=hush";

    @Command
    private static final class Holder {

        @CommandLine.Mixin
        private final DataOptions options = new DataOptions();
    }

    @Test
    void folderAlone_hasItsOwnValid() {
        assertThat(source("--data", "shop")).isEqualTo(DatasetSource.of(Path.of("shop")));
    }

    @Test
    void folderAlone_maybeSplit() {
        assertThat(source("--data", "shop", "--split", "leave-last-out"))
                .isEqualTo(new DatasetSource.Files(Path.of("shop"), Optional.of(new Split.LeaveLastOut())));
        assertThat(source("--data", "shop", "--split", "time"))
                .isEqualTo(new DatasetSource.Files(Path.of("shop"), Optional.of(new Split.ByTime(0.1))));
    }

    @Test
    void database_isSplitBySettingTheNewestAside_andReadWhole() {
        DatasetSource.Live source = live("--data", URL);

        assertThat(source.folder()).isEmpty();
        assertThat(source.split()).isEqualTo(new Split.LeaveLastOut());
        LiveInteractions interactions = source.interactions();
        assertThat(interactions.store()).hasToString("jdbc:postgresql://db/shop");
        assertThat(interactions.minWeight()).isEmpty();
        assertThat(interactions.until()).isEmpty();
    }

    @Test
    void databaseAndFolder_goInAnyOrder() {
        assertThat(live("--data", URL, "--data", "shop").folder()).contains(Path.of("shop"));
        assertThat(live("--data", "shop", "--data", URL).folder()).contains(Path.of("shop"));
    }

    @Test
    void everyOption_isPassedOn() {
        DatasetSource.Live source = live(
                "--data",
                URL,
                "--split",
                "time",
                "--valid-share",
                "0.25",
                "--min-weight",
                "2",
                "--until",
                "2026-01-31T13:00:00+01:00");

        assertThat(source.split()).isEqualTo(new Split.ByTime(0.25));
        assertThat(source.interactions().minWeight()).hasValue(2);
        assertThat(source.interactions().until()).contains(Instant.parse("2026-01-31T12:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--data a --data b                              | --data names 2 directories and 0 databases",
                "--data jdbc:h2:mem:a --data jdbc:h2:mem:b      | --data names 0 directories and 2 databases",
                "--data jdbc:mysql://db/a?password=hush         | jdbc:mysql://db/a is not a URL of H2 or PostgreSQL",
                "--data a --min-weight 1                        | --min-weight and --until apply to live",
                "--data a --until 2026-01-31T12:00:00Z          | --min-weight and --until apply to live",
                "--data a --split half                          | --split must be leave-last-out or time, but is 'half'",
                "--data a --valid-share 0.2                     | --valid-share requires --split time",
                "--data a --split leave-last-out --valid-share 1 | --valid-share requires --split time",
                "--data a --split time --valid-share 1          | the validation share is 1.0",
                "--data jdbc:h2:mem:a --min-weight NaN          | the minimum weight is NaN",
            })
    void optionsThatDoNotGoTogether_areRefused(String arguments, String message) {
        assertThatThrownBy(() -> source(arguments.strip().split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(message)
                .hasMessageNotContaining("hush");
    }

    @ParameterizedTest
    @CsvSource({"yesterday", "2026-01-31", "2026-01-31T12:00:00"})
    void until_withoutOffset_isNoPointInTime(String until) {
        assertThatThrownBy(() -> source("--data", URL, "--until", until))
                .isInstanceOf(CommandLine.ParameterException.class)
                .hasMessageContaining("'%s' is not a point in time".formatted(until));
    }

    private static DatasetSource.Live live(String... arguments) {
        return (DatasetSource.Live) source(arguments);
    }

    private static DatasetSource source(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.options.source(Map.of());
    }
}

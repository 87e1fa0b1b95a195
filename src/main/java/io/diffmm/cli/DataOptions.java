package io.diffmm.cli;

import io.diffmm.cli.TimeConverters.InstantConverter;
import io.diffmm.datasets.reading.DatasetSource;
import io.diffmm.datasets.reading.DatasetSource.LiveInteractions;
import io.diffmm.datasets.reading.DatasetSource.Split;
import io.diffmm.datasets.reading.StoreAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Options that select the training data and their split.
final class DataOptions {

    private static final String LEAVE_LAST_OUT = "leave-last-out";
    private static final String BY_TIME = "time";
    private static final double DEFAULT_VALID_SHARE = 0.1;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|URL",
            description =
                    "Directory of the dataset, or JDBC URL of the server's live interactions (jdbc:h2:, jdbc:postgresql:). "
                            + "Repeat the option to combine a directory with a database. User and password are part of the URL, or of "
                            + "the environment variables SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD.")
    private List<String> data = new ArrayList<>();

    @Option(
            names = "--split",
            paramLabel = "METHOD",
            description =
                    "Method to split off the validation data if the dataset has no valid file: leave-last-out (the newest "
                            + "item of each user) or time (the newest interactions of all users). Default with a database: "
                            + "leave-last-out.")
    private @Nullable String split;

    @Option(
            names = "--valid-share",
            paramLabel = "X",
            description = "With --split time: share of the interactions used for validation (default: 0.1).")
    private @Nullable Double validShare;

    @Option(
            names = "--min-weight",
            paramLabel = "X",
            description = "With a database: minimum weight of live interactions to train on (default: no minimum).")
    private @Nullable Double minWeight;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = InstantConverter.class,
            description =
                    "With a database: ignore interactions recorded at or after this time, for example 2026-01-31T12:00:00Z, "
                            + "so that a training job can be resumed or repeated with the same data (default: no limit).")
    private @Nullable Instant until;

    /// Returns the data source selected by the options.
    ///
    /// @param environment environment variables of the process
    /// @throws IllegalArgumentException if the options contradict each other
    DatasetSource source(Map<String, String> environment) {
        List<String> urls = data.stream().filter(StoreAddress::isUrl).toList();
        List<String> folders =
                data.stream().filter(name -> !StoreAddress.isUrl(name)).toList();
        if (urls.size() > 1 || folders.size() > 1) {
            throw new IllegalArgumentException(
                    "--data names %d directories and %d databases; at most one of each is supported"
                            .formatted(folders.size(), urls.size()));
        }
        Optional<Path> folder = folders.stream().map(Path::of).findFirst();
        Optional<Split> requestedSplit = split();
        return urls.stream()
                .findFirst()
                .map(url -> (DatasetSource) new DatasetSource.Live(
                        live(StoreAddress.of(url, environment)),
                        folder,
                        requestedSplit.orElseGet(Split.LeaveLastOut::new)))
                .orElseGet(() -> files(folder.orElseThrow(), requestedSplit));
    }

    private LiveInteractions live(StoreAddress store) {
        return new LiveInteractions(
                store,
                minWeight == null ? OptionalDouble.empty() : OptionalDouble.of(minWeight),
                Optional.ofNullable(until));
    }

    private DatasetSource files(Path folder, Optional<Split> requestedSplit) {
        if (minWeight != null || until != null) {
            throw new IllegalArgumentException(
                    "--min-weight and --until apply to live interactions only; add their database with --data jdbc:...");
        }
        return new DatasetSource.Files(folder, requestedSplit);
    }

    private Optional<Split> split() {
        if (validShare != null && !BY_TIME.equals(split)) {
            throw new IllegalArgumentException("--valid-share requires --split " + BY_TIME);
        }
        return Optional.ofNullable(split).map(this::split);
    }

    private Split split(String method) {
        return switch (method) {
            case LEAVE_LAST_OUT -> new Split.LeaveLastOut();
            case BY_TIME -> new Split.ByTime(validShare == null ? DEFAULT_VALID_SHARE : validShare);
            default ->
                throw new IllegalArgumentException(
                        "--split must be %s or %s, but is '%s'".formatted(LEAVE_LAST_OUT, BY_TIME, method));
        };
    }
}

package io.diffmm.cli;

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

/// What is trained on: the options that name the data and say how they are divided.
final class DataOptions {

    private static final String LAST_OUT = "leave-last-out";
    private static final String BY_TIME = "time";
    private static final double USUAL_VALID_SHARE = 0.1;

    @Option(
            names = "--data",
            required = true,
            paramLabel = "DIR|URL",
            description = {
                "Folder of the dataset, or JDBC URL of the server's live interactions (jdbc:h2:, jdbc:postgresql:); given",
                "twice, the one on top of the other. User and password: in the URL, else in the variables",
                "SPRING_DATASOURCE_USERNAME and SPRING_DATASOURCE_PASSWORD."
            })
    private List<String> data = new ArrayList<>();

    @Option(
            names = "--split",
            paramLabel = "HOW",
            description = {
                "How valid is made where a file does not say it: leave-last-out, the newest item of each user, or time,",
                "the newest interactions of all (default: leave-last-out, if --data names a database)."
            })
    private @Nullable String split;

    @Option(
            names = "--valid-share",
            paramLabel = "X",
            description = "With --split time: which share of all interactions is for valid (default: 0.1).")
    private @Nullable Double validShare;

    @Option(
            names = "--min-weight",
            paramLabel = "X",
            description = "With a database: leave out live interactions of a smaller weight (default: all count).")
    private @Nullable Double minWeight;

    @Option(
            names = "--until",
            paramLabel = "TIME",
            converter = InstantConverter.class,
            description = {
                "With a database: read only what was recorded before, say 2026-01-31T12:00:00Z, so that a run can be",
                "resumed or repeated (default: all)."
            })
    private @Nullable Instant until;

    /// What the options ask for.
    ///
    /// @param environment of the process
    /// @throws IllegalArgumentException if they do not go together
    DatasetSource source(Map<String, String> environment) {
        List<String> urls = data.stream().filter(StoreAddress::isUrl).toList();
        List<String> folders =
                data.stream().filter(name -> !StoreAddress.isUrl(name)).toList();
        if (urls.size() > 1 || folders.size() > 1) {
            throw new IllegalArgumentException("--data is given %d folders and %d databases; one of each is possible"
                    .formatted(folders.size(), urls.size()));
        }
        Optional<Path> folder = folders.stream().map(Path::of).findFirst();
        Optional<Split> division = split();
        return urls.stream()
                .findFirst()
                .map(url -> (DatasetSource) new DatasetSource.Live(
                        live(StoreAddress.of(url, environment)), folder, division.orElseGet(Split.LeaveLastOut::new)))
                .orElseGet(() -> files(folder.orElseThrow(), division));
    }

    private LiveInteractions live(StoreAddress store) {
        return new LiveInteractions(
                store,
                minWeight == null ? OptionalDouble.empty() : OptionalDouble.of(minWeight),
                Optional.ofNullable(until));
    }

    private DatasetSource files(Path folder, Optional<Split> division) {
        if (minWeight != null || until != null) {
            throw new IllegalArgumentException(
                    "--min-weight and --until are for live interactions; name their database with --data jdbc:..., too");
        }
        return new DatasetSource.Files(folder, division);
    }

    private Optional<Split> split() {
        if (validShare != null && !BY_TIME.equals(split)) {
            throw new IllegalArgumentException("--valid-share goes with --split " + BY_TIME);
        }
        return Optional.ofNullable(split).map(this::split);
    }

    private Split split(String how) {
        return switch (how) {
            case LAST_OUT -> new Split.LeaveLastOut();
            case BY_TIME -> new Split.ByTime(validShare == null ? USUAL_VALID_SHARE : validShare);
            default ->
                throw new IllegalArgumentException("--split is '%s'; give %s or %s".formatted(how, LAST_OUT, BY_TIME));
        };
    }
}

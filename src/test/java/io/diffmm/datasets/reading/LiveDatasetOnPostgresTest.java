package io.diffmm.datasets.reading;

import io.diffmm.NeedsDocker;
import io.diffmm.PostgresContainer;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;

/// Live interactions in PostgreSQL.
@NeedsDocker
class LiveDatasetOnPostgresTest extends LiveDatasetContract {

    private static Optional<LiveTables> tables = Optional.empty();

    @BeforeAll
    static void migrate() {
        tables = Optional.of(inNewDatabase().migrated());
    }

    @Override
    LiveTables tables() {
        return tables.orElseThrow();
    }

    @Override
    LiveTables withoutTables() {
        return inNewDatabase();
    }

    private static LiveTables inNewDatabase() {
        return new LiveTables(PostgresContainer.newDatabase(), PostgresContainer.user(), PostgresContainer.password());
    }
}

package io.diffmm.datasets.reading;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/// Live interactions in a file of H2, the server's default.
class LiveDatasetInFileTest extends LiveDatasetContract {

    @TempDir
    static Path directory;

    /// Connection that keeps the database open, as a server does.
    private static Optional<Connection> server = Optional.empty();

    @BeforeAll
    static void migrate() throws SQLException {
        LiveTables tables = inFile("interactions").migrated();
        server = Optional.of(tables.connect());
    }

    @AfterAll
    static void close() throws SQLException {
        server.orElseThrow().close();
    }

    @Override
    LiveTables tables() {
        return inFile("interactions");
    }

    @Override
    LiveTables withoutTables() {
        LiveTables tables = inFile("empty");
        tables.execute("create table if not exists something_else (id integer)");
        return tables;
    }

    private static LiveTables inFile(String name) {
        return new LiveTables(
                "jdbc:h2:file:%s;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;AUTO_SERVER=TRUE"
                        .formatted(directory.resolve(name)),
                "sa",
                "");
    }
}

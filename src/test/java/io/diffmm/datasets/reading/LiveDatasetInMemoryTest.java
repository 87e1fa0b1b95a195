package io.diffmm.datasets.reading;

/// Live interactions in an H2 database in memory.
class LiveDatasetInMemoryTest extends LiveDatasetContract {

    private static final LiveTables TABLES = inMemory("live").migrated();

    @Override
    LiveTables tables() {
        return TABLES;
    }

    @Override
    LiveTables withoutTables() {
        LiveTables tables = inMemory("empty");
        tables.execute("create table if not exists something_else (id integer)");
        return tables;
    }

    private static LiveTables inMemory(String name) {
        return new LiveTables(
                "jdbc:h2:mem:dataset-%s;DB_CLOSE_DELAY=-1;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                        .formatted(name),
                "reader",
                "hush");
    }
}

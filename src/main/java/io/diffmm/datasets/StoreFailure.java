package io.diffmm.datasets;

import java.sql.SQLException;
import java.util.Optional;
import java.util.Set;

/// The ways in which a store cannot be read, by what H2 and PostgreSQL call them.
enum StoreFailure {

    /// It is a database, but not with these tables.
    NO_STORE,

    NO_DATABASE,

    /// User or password are missing or wrong.
    NOT_LET_IN,

    /// The database does not answer, or not any more.
    AWAY,

    OTHER;

    private static final Set<String> MISSING_TABLE_OR_COLUMN =
            Set.of("42P01", "42703", "42S02", "42S03", "42S04", "42S22");
    private static final Set<String> MISSING_DATABASE = Set.of("3D000", "90146", "90149");
    private static final String BROKEN_CONNECTION = "90067"; // of H2
    private static final String NO_PASSWORD_GIVEN = "08004"; // of PostgreSQL

    static StoreFailure of(SQLException e) {
        String state = Optional.ofNullable(e.getSQLState()).orElse("");
        if (MISSING_TABLE_OR_COLUMN.contains(state)) {
            return NO_STORE;
        }
        if (MISSING_DATABASE.contains(state)) {
            return NO_DATABASE;
        }
        if (state.startsWith("28") || state.equals(NO_PASSWORD_GIVEN)) {
            return NOT_LET_IN;
        }
        return state.startsWith("08") || state.equals(BROKEN_CONNECTION) ? AWAY : OTHER;
    }
}

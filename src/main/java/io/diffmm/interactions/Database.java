package io.diffmm.interactions;

import java.util.List;

/// What the databases do differently.
sealed interface Database permits EmbeddedDatabase, SharedDatabase {

    /// A query of the rows that an insert has inserted.
    ///
    /// @param insert the statement
    /// @param columns of the rows
    String insertedOf(String insert, String columns);

    /// Tells other replicas whose histories a transaction changes, once it is committed. Called within it.
    void announce(Change change, List<String> userIds);

    /// Called after each commit; returns once a loss of power cannot undo it.
    void committed();
}

package io.diffmm.interactions;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.springframework.dao.DataAccessResourceFailureException;

/// H2 in this process, in a file of its own. Other processes on this machine, the training job say, may join it to
/// read.
final class EmbeddedDatabase implements Database {

    static final String USER = "sa";

    private static final String FILE = "store";
    private static final String SETTINGS =
            ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;AUTO_SERVER=TRUE";

    private final Connection connection;
    private final GroupFlush flush = new GroupFlush(this::flush);

    /// @param connection to flush by, of which nobody else makes use
    EmbeddedDatabase(Connection connection) {
        this.connection = connection;
    }

    private void flush() {
        try (Statement statement = connection.createStatement()) {
            statement.execute("checkpoint sync");
        } catch (SQLException e) {
            throw new DataAccessResourceFailureException("what is committed may not be on the disk", e);
        }
    }

    /// The URL of the database in `directory`.
    ///
    /// @throws InteractionsStartException if the path cannot stand in a URL
    static String url(Path directory) {
        String path = directory.toAbsolutePath().normalize().resolve(FILE).toString();
        if (path.contains(";")) {
            throw new InteractionsStartException(
                    "the path of diffmm.interactions.directory, %s, has a semicolon, which it must not"
                            .formatted(directory));
        }
        // Who joins comes over a socket: not from other machines.
        if (System.getProperty("h2.bindAddress") == null) {
            System.setProperty("h2.bindAddress", "127.0.0.1");
        }
        return "jdbc:h2:file:" + path + SETTINGS;
    }

    @Override
    public String insertedOf(String insert, String columns) {
        return "select %s from final table (%s)".formatted(columns, insert);
    }

    /// There are no others.
    @Override
    public void announce(Change change, List<String> userIds) {}

    @Override
    public void committed() {
        flush.await();
    }
}

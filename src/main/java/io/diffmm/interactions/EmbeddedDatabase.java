package io.diffmm.interactions;

import java.nio.file.Path;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/// H2 in this process, in a file of its own. Other processes on this machine, the training job say, may join it to
/// read.
final class EmbeddedDatabase implements Database {

    static final String USER = "sa";

    private static final String FILE = "interactions";
    private static final String SETTINGS =
            ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH;AUTO_SERVER=TRUE";

    private final GroupFlush flush;

    EmbeddedDatabase(JdbcClient jdbc) {
        this.flush = new GroupFlush(() -> jdbc.sql("checkpoint sync").update());
    }

    /// The URL of the database in `directory`.
    ///
    /// @throws IllegalArgumentException if the path cannot stand in a URL
    static String url(Path directory) {
        String path = directory.toAbsolutePath().normalize().resolve(FILE).toString();
        if (path.contains(";")) {
            throw new IllegalArgumentException(
                    "diffmm.interactions.directory is %s; its path must not have a semicolon".formatted(directory));
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
    public void announce(List<String> userIds) {}

    @Override
    public void committed() {
        flush.await();
    }
}

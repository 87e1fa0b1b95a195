package io.diffmm;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/// PostgreSQL container shared by all tests of a run, with a new database for each caller.
public final class PostgresContainer {

    /// Environment variable with an alternative, compatible image.
    private static final String IMAGE = "DIFFMM_TEST_POSTGRES_IMAGE";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    private PostgresContainer() {}

    private static final class Holder {

        @SuppressWarnings("resource") // stopped by the shutdown hook
        private static final PostgreSQLContainer CONTAINER = started();

        private static PostgreSQLContainer started() {
            PostgreSQLContainer container = container();
            container.start();
            Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
            return container;
        }
    }

    /// Returns a new container, not started, for a test that needs its own.
    static PostgreSQLContainer container() {
        String image = Optional.ofNullable(System.getenv(IMAGE)).orElse("postgres:17-alpine");
        return new PostgreSQLContainer(DockerImageName.parse(image).asCompatibleSubstituteFor("postgres"));
    }

    /// Creates a database and returns its JDBC URL.
    public static String newDatabase() {
        String name = "test" + DATABASES.incrementAndGet();
        PostgreSQLContainer container = Holder.CONTAINER;
        try (Connection connection = DriverManager.getConnection(container.getJdbcUrl(), user(), password());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return "jdbc:postgresql://%s:%d/%s".formatted(container.getHost(), container.getMappedPort(5432), name);
    }

    public static String user() {
        return Holder.CONTAINER.getUsername();
    }

    public static String password() {
        return Holder.CONTAINER.getPassword();
    }
}

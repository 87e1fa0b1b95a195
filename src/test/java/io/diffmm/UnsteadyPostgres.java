package io.diffmm;

import com.github.dockerjava.api.DockerClient;
import java.io.IOException;
import java.util.List;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/// PostgreSQL container of one test that can be paused, killed and restarted on the same port.
final class UnsteadyPostgres implements AutoCloseable {

    private static final int PORT = 5432;

    private final int port;
    private final PostgreSQLContainer container;
    private final DockerClient docker = DockerClientFactory.instance().client();

    private UnsteadyPostgres(int port) {
        this.port = port;
        this.container = PostgresContainer.container();
        container.setPortBindings(List.of("%d:%d".formatted(port, PORT)));
    }

    static UnsteadyPostgres start() throws IOException {
        var postgres = new UnsteadyPostgres(Http.freePort());
        postgres.container.start();
        return postgres;
    }

    /// Returns the properties of a server that uses this database.
    String[] properties() {
        return new String[] {
            "--spring.datasource.url=jdbc:postgresql://%s:%d/%s"
                    .formatted(container.getHost(), port, container.getDatabaseName()),
            "--spring.datasource.username=" + container.getUsername(),
            "--spring.datasource.password=" + container.getPassword()
        };
    }

    /// Pauses the database: it keeps and accepts connections but does not respond.
    void pause() {
        docker.pauseContainerCmd(container.getContainerId()).exec();
    }

    void unpause() {
        docker.unpauseContainerCmd(container.getContainerId()).exec();
    }

    /// Kills the database without a shutdown.
    void kill() {
        docker.killContainerCmd(container.getContainerId()).exec();
    }

    /// Starts the database again with its data directory.
    void startAgain() {
        docker.startContainerCmd(container.getContainerId()).exec();
    }

    @Override
    public void close() {
        container.stop();
    }
}

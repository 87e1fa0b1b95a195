package io.diffmm;

import io.diffmm.cli.Commands;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.GenericApplicationListener;

/// Entry point of the jar: runs the commands `serve`, `train`, `evaluate` and `generate`.
@SpringBootApplication(exclude = DataSourceAutoConfiguration.class) // `interactions` creates its own data source
public class DiffMmServer {

    private static final Logger LOG = LoggerFactory.getLogger(DiffMmServer.class);
    private static final int FAILED = 1;

    /// Runs a command and exits with its exit code.
    public static void main(String[] args) {
        System.setProperty("ai.djl.offline", "true"); // DJL reads it when an engine starts
        System.exit(Commands.run(DiffMmServer::serve, args));
    }

    private static int serve(List<String> properties) {
        var closed = new CountDownLatch(1);
        var application = new SpringApplication(DiffMmServer.class);
        // Declares the type of its events; Spring would call a lambda for every event, such as the end of each request.
        application.addListeners(
                GenericApplicationListener.forEventType(ContextClosedEvent.class, _ -> closed.countDown()));
        try (var _ = application.run(properties.toArray(String[]::new))) {
            closed.await();
            return 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return FAILED;
        } catch (RuntimeException e) {
            LOG.debug("Application failed to start", e);
            return FAILED; // Spring has logged the cause
        }
    }
}

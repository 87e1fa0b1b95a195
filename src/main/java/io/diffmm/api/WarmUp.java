package io.diffmm.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diffmm.api.WarmUp.WarmUpProperties;
import io.diffmm.datasets.IdIndex;
import io.diffmm.deployment.ServedModels;
import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions;
import io.diffmm.recommendation.RecommendationService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.core.env.Environment;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.util.UriUtils;

/// Warm-up of a starting server: requests to itself, over HTTP, until the JVM has compiled the code that answers them.
///
/// A request that runs uncompiled code takes several times as much processor time. The requests pass through HTTP, MVC,
/// cache, batches of several sizes, encoding and the database. They come after the port is open and before the server
/// is ready, so that no client waits behind them. Meters do not count them, and their answers leave the cache.
///
/// A failure ends the warm-up, not the start.
@Component
@EnableConfigurationProperties(WarmUpProperties.class)
final class WarmUp implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private static final int CLIENTS = 8;
    private static final int LIMITS = 40; // a user is asked for with this many limits before an answer is cached
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration INTERVAL = Duration.ofMillis(250);

    /// Share of an interval that compilers may run without being considered busy.
    private static final double IDLE = 0.15;

    /// Number of intervals in a row with idle compilers that end the warm-up.
    private static final int IDLE_INTERVALS = 2;

    private final WarmUpProperties properties;
    private final ApplicationContext context;
    private final ServedModels models;
    private final Activity.Store store;
    private final RecommendationService recommendations;

    WarmUp(
            WarmUpProperties properties,
            ApplicationContext context,
            ServedModels models,
            Interactions store,
            RecommendationService recommendations) {
        this.properties = properties;
        this.context = context;
        this.models = models;
        this.store = store;
        this.recommendations = recommendations;
    }

    /// Limit of the warm-up.
    ///
    /// @param time maximum duration; 0 for no warm-up
    @Validated
    @ConfigurationProperties(prefix = "diffmm.warm-up", ignoreUnknownFields = false)
    record WarmUpProperties(
            @DefaultValue("3s") @DurationMin(seconds = 0) @DurationMax(minutes = 10)
            Duration time) {}

    @Override
    public void run(ApplicationArguments arguments) {
        if (properties.time().isPositive()) {
            address().ifPresent(this::warmUp);
            recommendations.clearCache();
        }
    }

    /// Returns the address of this server; empty if it has none, or encrypts connections, since its certificate need
    /// not name the loopback interface.
    private Optional<String> address() {
        if (!(context instanceof WebServerApplicationContext server) || server.getWebServer() == null) {
            return Optional.empty();
        }
        Environment environment = context.getEnvironment();
        boolean encrypted = environment.getProperty("server.ssl.enabled", boolean.class, true)
                && (environment.containsProperty("server.ssl.bundle")
                        || environment.containsProperty("server.ssl.key-store")
                        || environment.containsProperty("server.ssl.certificate"));
        if (encrypted) {
            LOG.debug("No warm-up, since the server encrypts connections");
            return Optional.empty();
        }
        String host = environment.getProperty("server.address", "localhost");
        String path = environment.getProperty("server.servlet.context-path", "");
        return Optional.of(
                "http://%s:%d%s".formatted(host, server.getWebServer().getPort(), path));
    }

    private void warmUp(String address) {
        long start = System.nanoTime();
        var requests = new AtomicInteger();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            long end = start + properties.time().toNanos();
            var client = new Client(address, models.serving().getFirst().model().users(), requests, end);
            IntStream.range(0, CLIENTS).forEach(_ -> clients.execute(client));
            awaitCompiled(end);
            client.stop();
        }
        LOG.debug("Warmed up with {} requests in {}", requests, Duration.ofNanos(System.nanoTime() - start));
    }

    /// Waits until the compilers are idle, or until the end.
    private static void awaitCompiled(long end) {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        int idle = 0;
        long before = compilers.getTotalCompilationTime();
        while (idle < IDLE_INTERVALS && end - System.nanoTime() > 0) {
            try {
                Thread.sleep(INTERVAL);
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
                return;
            }
            long now = compilers.getTotalCompilationTime();
            idle = now - before < IDLE * INTERVAL.toMillis() ? idle + 1 : 0;
            before = now;
        }
    }

    /// Client that sends requests over one connection per thread until it is stopped.
    private final class Client implements Runnable {

        private final String address;
        private final IdIndex users;
        private final AtomicInteger requests;
        private final long end;
        private volatile boolean stopped;

        Client(String address, IdIndex users, AtomicInteger requests, long end) {
            this.address = address;
            this.users = users;
            this.requests = requests;
            this.end = end;
        }

        void stop() {
            stopped = true;
        }

        @Override
        public void run() {
            try {
                while (!stopped && end - System.nanoTime() > 0) {
                    int number = requests.getAndIncrement();
                    String user = users.id(number % users.size());
                    request(user, 1 + number / users.size() % LIMITS);
                    if (number % CLIENTS == 0) {
                        store.activity(user);
                    }
                }
            } catch (IOException | RuntimeException e) {
                stopped = true;
                LOG.warn("The warm-up ended early, so the first requests may be slow: {}", e.toString());
            }
        }

        private void request(String user, int limit) throws IOException {
            String path = "/users/%s/recommendations?limit=%d".formatted(UriUtils.encode(user, UTF_8), limit);
            var connection =
                    (HttpURLConnection) URI.create(address + path).toURL().openConnection();
            connection.setConnectTimeout((int) TIMEOUT.toMillis());
            connection.setReadTimeout((int) TIMEOUT.toMillis());
            if (limit % 2 == 0) {
                connection.setRequestProperty("Accept-Encoding", "gzip");
            }
            try (InputStream body = connection.getInputStream()) {
                body.transferTo(OutputStream.nullOutputStream());
            }
        }
    }
}

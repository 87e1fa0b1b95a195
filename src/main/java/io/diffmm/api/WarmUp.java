package io.diffmm.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diffmm.api.WarmUp.WarmUpProperties;
import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions;
import io.diffmm.interactions.Interactions.InteractionsUnavailableException;
import io.diffmm.recommendation.RecommendationService;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import org.springframework.validation.annotation.Validated;
import org.springframework.web.util.UriComponentsBuilder;
import org.springframework.web.util.UriUtils;

/// Warm-up of a starting server: requests to itself, over HTTP, until the JVM has compiled the code that answers them.
///
/// A request that runs uncompiled code takes several times as much processor time. The requests ask for trained users,
/// with different limits and encodings; some find a cached answer. They come after the port is open and before the
/// server is ready, so that no client waits behind them. Their answers leave the cache.
///
/// A failure ends the warm-up, not the start.
@Component
@EnableConfigurationProperties(WarmUpProperties.class)
final class WarmUp implements ApplicationRunner {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /// Number of connections that the JDK keeps open to a server.
    private static final int CLIENTS = 5;

    private static final int MAX_USERS = 1000;
    private static final int LIMITS = 40; // number of different limits
    private static final int REPETITION = 4; // each fourth request repeats the one before
    private static final Duration INTERVAL = Duration.ofMillis(250);

    /// Maximum time to wait for the end of a request in flight.
    private static final Duration GRACE = Duration.ofSeconds(1);

    /// Maximum share of an interval in which idle compilers work.
    private static final double IDLE = 0.15;

    /// Number of intervals in a row with idle compilers that end the warm-up.
    private static final int IDLE_INTERVALS = 2;

    /// Minimum number of requests, so that methods reach the compilers at all.
    private static final int MIN_REQUESTS = 1000;

    private final WarmUpProperties properties;
    private final ApplicationContext context;
    private final Activity.Store store;
    private final RecommendationService recommendations;
    private final AtomicInteger requests = new AtomicInteger();
    private volatile boolean stopped;

    WarmUp(
            WarmUpProperties properties,
            ApplicationContext context,
            Interactions store,
            RecommendationService recommendations) {
        this.properties = properties;
        this.context = context;
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
        if (!properties.time().isPositive()) {
            return;
        }
        try {
            address().ifPresent(this::warmUp);
        } catch (RuntimeException e) {
            LOG.warn("The warm-up failed, so the first requests may be slow: {}", e.toString());
        }
        recommendations.clearCache();
    }

    /// Stops the warm-up of a server that closes before it is ready.
    @EventListener(ContextClosedEvent.class)
    void stop() {
        stopped = true;
    }

    /// Returns the number of requests so far.
    int requests() {
        return requests.get();
    }

    /// Returns the address of this server. Empty if it has none, or encrypts connections, since its certificate does
    /// not name the loopback interface.
    private Optional<String> address() {
        if (!(context instanceof WebServerApplicationContext server) || server.getWebServer() == null) {
            return Optional.empty();
        }
        Environment environment = context.getEnvironment();
        if (Stream.of("bundle", "key-store", "certificate")
                .anyMatch(key -> environment.containsProperty("server.ssl." + key))) {
            LOG.debug("No warm-up, since the server encrypts connections");
            return Optional.empty();
        }
        String path = environment.getProperty("server.servlet.context-path", "");
        InetAddress bound = environment.getProperty("server.address", InetAddress.class);
        return Optional.of(address(bound, server.getWebServer().getPort(), path));
    }

    /// Returns the address of a server on this machine.
    ///
    /// @param bound address that the server is bound to; null for all
    static String address(@Nullable InetAddress bound, int port, String path) {
        InetAddress address = bound == null || bound.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : bound;
        String host = address.getHostAddress();
        return UriComponentsBuilder.newInstance()
                .scheme("http")
                .host(host.contains(":") ? "[" + host + "]" : host)
                .port(port)
                .path(path)
                .toUriString();
    }

    private void warmUp(String address) {
        long start = System.nanoTime();
        long end = start + properties.time().toNanos();
        List<String> users = recommendations.trainedUsers(MAX_USERS);
        List<Thread> clients = Stream.generate(() -> Thread.startVirtualThread(() -> send(address, users, end)))
                .limit(CLIENTS)
                .toList();
        try {
            awaitCompiled(end);
            stopped = true;
            for (Thread client : clients) {
                var _ = client.join(GRACE); // a request in flight ends by its own timeouts
            }
        } catch (InterruptedException _) {
            stopped = true;
            Thread.currentThread().interrupt();
        }
        LOG.debug("Warmed up with {} requests in {}", requests, Duration.ofNanos(System.nanoTime() - start));
    }

    /// Waits until the compilers are idle, until the end, or until the warm-up is stopped. Without information about
    /// the compilers they count as busy.
    private void awaitCompiled(long end) throws InterruptedException {
        CompilationMXBean compilers = ManagementFactory.getCompilationMXBean();
        int idle = 0;
        long before = 0;
        while (idle < IDLE_INTERVALS && !stopped && end - System.nanoTime() > 0) {
            Thread.sleep(INTERVAL);
            long now = compilers == null ? 0 : compilers.getTotalCompilationTime();
            boolean isIdle = now > 0 && now - before < IDLE * INTERVAL.toMillis() && requests.get() >= MIN_REQUESTS;
            idle = isIdle ? idle + 1 : 0;
            before = now;
        }
    }

    /// Sends requests until the end. Runs on a thread that is never interrupted, since an interruption of a read would
    /// close the files of the embedded database.
    private void send(String address, List<String> users, long end) {
        int distinct = users.size();
        try {
            long left = end - System.nanoTime();
            while (!stopped && left > 0 && distinct > 0) {
                int number = requests.getAndIncrement();
                int asked = number - number % REPETITION / (REPETITION - 1);
                int limit = 1 + (asked % distinct + asked / distinct) % LIMITS;
                String user = users.get(asked % distinct);
                request(address, user, limit, number % 2 == 0, (int)
                        Math.max(1, Duration.ofNanos(left).toMillis()));
                read(user);
                left = end - System.nanoTime();
            }
        } catch (IOException | RuntimeException e) {
            if (!stopped && end - System.nanoTime() > 0) {
                stopped = true;
                LOG.warn("The warm-up ended early, so the first requests may be slow: {}", e.toString());
            }
        }
    }

    /// Requests recommendations and ignores the answer, which may be a refusal.
    private static void request(String address, String user, int limit, boolean gzip, int timeoutMillis)
            throws IOException {
        String path = "/users/%s/recommendations?limit=%d".formatted(UriUtils.encode(user, UTF_8), limit);
        var connection = (HttpURLConnection) URI.create(address + path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setInstanceFollowRedirects(false);
        connection.setConnectTimeout(timeoutMillis);
        connection.setReadTimeout(timeoutMillis);
        if (gzip) {
            connection.setRequestProperty("Accept-Encoding", "gzip");
        }
        boolean refused = connection.getResponseCode() >= HttpStatus.BAD_REQUEST.value();
        try (InputStream body = refused ? connection.getErrorStream() : connection.getInputStream()) {
            if (body != null) {
                body.transferTo(OutputStream.nullOutputStream());
            }
        }
    }

    /// Reads the live interactions of a user, which a request does only for users who have some.
    private void read(String user) {
        try {
            var _ = store.activity(user);
        } catch (InteractionsUnavailableException _) {
            // Recommendations work without the store.
        }
    }
}

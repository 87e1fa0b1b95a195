package io.diffmm.interactions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.diffmm.interactions.InteractionsConfiguration.InteractionProperties;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// Open database of live interactions, and the objects that use it.
///
/// @param resources connections and background jobs, in the order in which they were opened
record OpenedStore(Interactions interactions, RetentionJob retentionJob, List<AutoCloseable> resources)
        implements AutoCloseable {

    OpenedStore {
        resources = List.copyOf(resources);
    }

    /// Opens the database. PostgreSQL may be unreachable; it is used as soon as it can be reached.
    ///
    /// @throws InteractionsStartException if the database cannot be used as configured
    static OpenedStore open(Database.Address address, InteractionProperties properties) {
        var opening = new Opening(properties);
        try {
            return switch (address) {
                case Database.Address.Embedded embedded -> opening.openEmbedded(embedded);
                case Database.Address.Shared shared -> opening.openShared(shared);
            };
        } catch (RuntimeException e) {
            close(opening.resources);
            throw e;
        }
    }

    @Override
    public void close() {
        close(resources);
    }

    private static void close(List<AutoCloseable> resources) {
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("cannot close " + resource, e);
            }
        }
    }

    /// Store that is being opened; keeps its resources so that they are closed if a later one fails.
    private static final class Opening {

        /// Rows to read for each item of a history: a user may interact with one item several times.
        private static final int ROWS_PER_ITEM = 4;

        private final InteractionProperties properties;
        private final InteractionsListener.Composite listeners = new InteractionsListener.Composite();

        /// Changes that are not writes of this replica: the caches of the store, then all listeners.
        private final InteractionsListener.Composite changes = new InteractionsListener.Composite();

        private final DatabaseCircuitBreaker breaker;
        private final List<AutoCloseable> resources = new ArrayList<>();

        Opening(InteractionProperties properties) {
            this.properties = properties;
            this.breaker = new DatabaseCircuitBreaker(properties.timeout(), changes);
        }

        OpenedStore openEmbedded(Database.Address.Embedded address) {
            keep(EmbeddedDatabase.DirectoryLock.acquire(address.directory()));
            // Outside the pool: opening a database may take longer than a request waits for a connection.
            Connection connection = keep(connect(address));
            HikariDataSource pool = keep(pool(address, new Properties()));
            InteractionStore store = store(pool, new EmbeddedDatabase(connection));
            Interactions interactions = interactions(store, pool, EmbeddedDatabase.FLUSH_TIMEOUT, () -> true);
            keep(new SchemaMigration(pool, connection::isValid, breaker)).migrate();
            return opened(store, interactions);
        }

        private static Connection connect(Database.Address.Embedded address) {
            try {
                return DriverManager.getConnection(address.url(), address.user(), address.password());
            } catch (SQLException e) {
                throw new InteractionsStartException("the database cannot be opened (%s)".formatted(e.getMessage()), e);
            }
        }

        OpenedStore openShared(Database.Address.Shared address) {
            Properties driver = address.properties(properties.timeout(), properties.statementTimeout());
            HikariDataSource pool = keep(pool(address, driver));
            var database = new SharedDatabase(JdbcClient.create(pool));
            var subscriber = new SharedDatabase.ChangeSubscriber(
                    database, () -> DriverManager.getConnection(address.url(), driver), changes);
            InteractionStore store = store(pool, database);
            Interactions interactions = interactions(store, pool, properties.timeout(), subscriber::listening);
            keep(new SchemaMigration(
                            pool,
                            seconds -> DriverManager.getConnection(address.url(), driver)
                                    .isValid(seconds),
                            breaker))
                    .begin();
            keep(subscriber).start();
            return opened(store, interactions);
        }

        private <T extends AutoCloseable> T keep(T resource) {
            resources.add(resource);
            return resource;
        }

        private static InteractionStore store(HikariDataSource pool, Database database) {
            var transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
            return new InteractionStore(new JdbcTemplate(pool), transactions, database);
        }

        /// @param maxWait maximum time that a write waits for those before it
        /// @param current returns whether changes of other replicas, if there can be any, are being
        ///     received
        private Interactions interactions(
                InteractionStore store, HikariDataSource pool, Duration maxWait, BooleanSupplier current) {
            var erased = new ErasedUsers(store::erasedUsers);
            LiveUsers users = keep(new LiveUsers(LiveUsers.stored(JdbcClient.create(pool)), current));
            int maxRows = properties.maxHistory() * ROWS_PER_ITEM;
            var activities = new ActivityCache(user -> store.activity(user, maxRows), maxRows, current);
            changes.add(activities); // before the cache: an answer after its invalidation finds the users
            changes.add(listeners);
            listeners.add(users);
            listeners.add(erased);
            WriteQueue writes = keep(new WriteQueue(
                            group -> activities.record(group, () -> store.recordTogether(group)),
                            write -> activities.record(write, () -> store.record(write)),
                            user -> changes.changed(List.of(user)),
                            maxWait)
                    .start());
            return new Interactions(store, writes, breaker, listeners, properties, erased, users, activities, current);
        }

        private OpenedStore opened(InteractionStore store, Interactions interactions) {
            RetentionJob job = keep(new RetentionJob(breaker, store, properties.idempotencyRetention()));
            return new OpenedStore(interactions, job, resources);
        }

        private HikariDataSource pool(Database.Address address, Properties driver) {
            HikariConfig settings = poolSettings(address, driver);
            try {
                return new HikariDataSource(settings);
            } catch (RuntimeException e) { // thrown by a driver that rejects the URL
                throw new InteractionsStartException("spring.datasource.url cannot be used", e);
            }
        }

        private HikariConfig poolSettings(Database.Address address, Properties driver) {
            var settings = new HikariConfig();
            settings.setPoolName("interactions");
            settings.setJdbcUrl(address.url());
            settings.setUsername(address.user());
            settings.setPassword(address.password());
            settings.setMaximumPoolSize(properties.connections());
            settings.setConnectionTimeout(properties.timeout().toMillis());
            settings.setValidationTimeout(properties.timeout().toMillis());
            settings.setInitializationFailTimeout(-1); // SchemaMigration reports an unreachable database
            settings.setDataSourceProperties(driver);
            if (address instanceof Database.Address.Shared) {
                // Without it a statement would continue, and commit, after the client has stopped waiting.
                settings.setConnectionInitSql("set statement_timeout = "
                        + properties.statementTimeout().toMillis());
            }
            return settings;
        }
    }

    /// Deletes expired idempotency keys every ten minutes.
    static final class RetentionJob implements AutoCloseable {

        private static final Logger LOG = LoggerFactory.getLogger(RetentionJob.class);
        private static final Duration INTERVAL = Duration.ofMinutes(10);

        private final DatabaseCircuitBreaker breaker;
        private final InteractionStore store;
        private final Duration retention;
        private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("interactions-retention").daemon().factory());

        /// @param retention age from which idempotency keys are deleted
        RetentionJob(DatabaseCircuitBreaker breaker, InteractionStore store, Duration retention) {
            this.breaker = breaker;
            this.store = store;
            this.retention = retention;
            long minutes = INTERVAL.toMinutes();
            var _ = executor.scheduleWithFixedDelay(this::run, minutes, minutes, TimeUnit.MINUTES);
        }

        private void run() {
            try {
                deleteExpired();
            } catch (RuntimeException e) {
                LOG.warn("Expired idempotency keys were not deleted; retrying in ten minutes: {}", e.getMessage());
            }
        }

        /// Deletes expired idempotency keys now.
        void deleteExpired() {
            breaker.write(() -> store.deleteKeys(retention));
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }
}

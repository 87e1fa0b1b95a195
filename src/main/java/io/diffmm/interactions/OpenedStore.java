package io.diffmm.interactions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.function.BooleanSupplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The database of live interactions, opened: its connections, its tables, and what other replicas say.
final class OpenedStore implements AutoCloseable {

    private final InteractionProperties properties;
    private final Listeners listeners = new Listeners();
    private final Availability availability;
    private final List<AutoCloseable> open = new ArrayList<>(); // in the order in which they were opened

    private OpenedStore(InteractionProperties properties) {
        this.properties = properties;
        this.availability = new Availability(properties.timeout(), listeners);
    }

    /// What the database is used through.
    private record Access(InteractionStore store, Interactions interactions) {}

    /// A store that is open, and what it is used through.
    record Opened(OpenedStore store, Interactions interactions, StoreUpkeep upkeep) implements AutoCloseable {

        @Override
        public void close() {
            upkeep.close();
            store.close();
        }
    }

    /// Opens the database. PostgreSQL may be away then, and is used once it is there.
    ///
    /// @throws InteractionsStartException if it cannot be used as configured
    static Opened open(DatabaseAddress address, InteractionProperties properties) {
        var opening = new OpenedStore(properties);
        try {
            Access access = switch (address) {
                case DatabaseAddress.Embedded embedded -> opening.openEmbedded(embedded);
                case DatabaseAddress.Shared shared -> opening.openShared(shared);
            };
            var upkeep = new StoreUpkeep(opening.availability, access.store(), properties.idempotencyRetention());
            return new Opened(opening, access.interactions(), upkeep);
        } catch (RuntimeException e) {
            opening.close();
            throw e;
        }
    }

    private Access openEmbedded(DatabaseAddress.Embedded address) {
        open.add(EmbeddedDirectory.take(address.directory()));
        Connection first = first(address); // keeps it open, and may take longer than a request would wait
        open.add(first);
        HikariDataSource pool = pool(address, new Properties());
        var preparation = new Preparation(pool, first::isValid, availability);
        Access access = access(pool, new EmbeddedDatabase(first), () -> true);
        preparation.migrate();
        return access;
    }

    /// @throws InteractionsStartException if it cannot be opened
    private static Connection first(DatabaseAddress.Embedded address) {
        try {
            return DriverManager.getConnection(address.url(), address.user(), address.password());
        } catch (SQLException e) {
            throw new InteractionsStartException("the database cannot be opened (%s)".formatted(e.getMessage()), e);
        }
    }

    private Access openShared(DatabaseAddress.Shared address) {
        Properties own = address.properties(properties.timeout(), properties.statementTimeout());
        HikariDataSource pool = pool(address, own);
        var watcher = new ChangeWatcher(() -> DriverManager.getConnection(address.url(), own), listeners);
        Access access = access(pool, new SharedDatabase(JdbcClient.create(pool)), watcher::listening);
        var preparation = new Preparation(
                pool, seconds -> DriverManager.getConnection(address.url(), own).isValid(seconds), availability);
        open.add(preparation);
        preparation.begin();
        watcher.start();
        open.add(watcher);
        return access;
    }

    private Access access(HikariDataSource pool, Database database, BooleanSupplier current) {
        var transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
        var store = new InteractionStore(JdbcClient.create(pool), transactions, database);
        var erased = new ErasedUsers(store::erasedUsers);
        listeners.add(erased);
        return new Access(store, new Interactions(store, availability, listeners, properties, erased, current));
    }

    private HikariDataSource pool(DatabaseAddress address, Properties own) {
        var settings = new HikariConfig();
        settings.setPoolName("interactions");
        settings.setJdbcUrl(address.url());
        settings.setUsername(address.user());
        settings.setPassword(address.password());
        settings.setMaximumPoolSize(properties.connections());
        settings.setConnectionTimeout(properties.timeout().toMillis());
        settings.setValidationTimeout(properties.timeout().toMillis());
        settings.setInitializationFailTimeout(-1); // Preparation says what is wrong
        settings.setDataSourceProperties(own);
        if (address instanceof DatabaseAddress.Shared) {
            // Else it would go on, and commit, after the client has given up.
            settings.setConnectionInitSql(
                    "set statement_timeout = " + properties.statementTimeout().toMillis());
        }
        HikariDataSource pool = opened(settings);
        open.add(pool);
        return pool;
    }

    private static HikariDataSource opened(HikariConfig settings) {
        try {
            return new HikariDataSource(settings);
        } catch (RuntimeException e) { // of the driver, which does not like the URL
            throw new InteractionsStartException("spring.datasource.url cannot be used", e);
        }
    }

    @Override
    public void close() {
        for (AutoCloseable part : Collections.unmodifiableList(open).reversed()) {
            try {
                part.close();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("cannot close " + part, e);
            }
        }
    }
}

package io.diffmm.interactions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The database of live interactions, opened: its connections, its tables, and what other replicas say.
final class OpenedStore implements AutoCloseable {

    private final InteractionProperties properties;
    private final Availability availability;
    private final InteractionStore store;
    private final Interactions interactions;
    private final List<AutoCloseable> open; // in the order in which they were opened

    private OpenedStore(
            InteractionProperties properties,
            Availability availability,
            InteractionStore store,
            Interactions interactions,
            List<AutoCloseable> open) {
        this.properties = properties;
        this.availability = availability;
        this.store = store;
        this.interactions = interactions;
        this.open = open;
    }

    /// Opens the database. PostgreSQL may be away then, and is used once it is there.
    ///
    /// @throws InteractionsStartException if it cannot be used as configured
    static OpenedStore open(DatabaseAddress address, InteractionProperties properties) {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            return open(address, properties, open);
        } catch (RuntimeException e) {
            close(open);
            throw e;
        }
    }

    private static OpenedStore open(
            DatabaseAddress address, InteractionProperties properties, List<AutoCloseable> open) {
        var listeners = new Listeners();
        var availability = new Availability(properties.timeout(), listeners);
        if (address instanceof DatabaseAddress.Embedded(var directory)) {
            open.add(EmbeddedDirectory.take(directory));
            open.add(opened(address)); // keeps it open, and may take longer than a request would wait
        }
        HikariDataSource pool = pool(address, properties);
        open.add(pool);
        JdbcClient jdbc = JdbcClient.create(pool);
        Database database = database(address, properties, listeners, jdbc, open);
        var transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
        var store = new InteractionStore(jdbc, transactions, database);
        var preparation = new Preparation(pool, availability);
        open.add(preparation);
        switch (address) {
            case DatabaseAddress.Embedded _ -> preparation.require();
            case DatabaseAddress.Shared _ -> preparation.begin();
        }
        var interactions = new Interactions(store, availability, listeners, properties);
        return new OpenedStore(properties, availability, store, interactions, open);
    }

    /// @throws InteractionsStartException if it cannot be opened
    private static Connection opened(DatabaseAddress address) {
        try {
            return DriverManager.getConnection(address.url(), address.user(), address.password());
        } catch (SQLException e) {
            throw new InteractionsStartException("the database cannot be opened (%s)".formatted(e.getMessage()), e);
        }
    }

    private static Database database(
            DatabaseAddress address,
            InteractionProperties properties,
            InteractionsListener listener,
            JdbcClient jdbc,
            List<AutoCloseable> open) {
        return switch (address) {
            case DatabaseAddress.Embedded _ -> new EmbeddedDatabase(jdbc);
            case DatabaseAddress.Shared shared -> {
                var database = new SharedDatabase(jdbc);
                Properties own = shared.properties(properties.timeout(), properties.statementTimeout());
                open.add(new ChangeWatcher(() -> DriverManager.getConnection(shared.url(), own), database, listener));
                yield database;
            }
        };
    }

    private static HikariDataSource pool(DatabaseAddress address, InteractionProperties properties) {
        var pool = new HikariConfig();
        pool.setPoolName("interactions");
        pool.setJdbcUrl(address.url());
        pool.setUsername(address.user());
        pool.setPassword(address.password());
        pool.setMaximumPoolSize(properties.connections());
        pool.setConnectionTimeout(properties.timeout().toMillis());
        pool.setValidationTimeout(properties.timeout().toMillis());
        pool.setInitializationFailTimeout(-1); // Preparation says what is wrong
        if (address instanceof DatabaseAddress.Shared shared) {
            pool.setDataSourceProperties(shared.properties(properties.timeout(), properties.statementTimeout()));
        }
        return new HikariDataSource(pool);
    }

    Interactions interactions() {
        return interactions;
    }

    /// Forgets what need not be known any more.
    void tidy() {
        if (availability.available()) {
            availability.write(() -> store.forgetKeys(properties.idempotencyRetention()));
        }
    }

    @Override
    public void close() {
        close(open);
    }

    private static void close(List<AutoCloseable> open) {
        for (AutoCloseable part : Collections.unmodifiableList(open).reversed()) {
            try {
                part.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException("cannot close " + part, e);
            }
        }
    }
}

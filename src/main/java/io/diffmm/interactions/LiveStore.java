package io.diffmm.interactions;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.DriverManager;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// The database of live interactions, opened: its connections, its tables, and what other replicas say.
final class LiveStore implements AutoCloseable {

    private final InteractionProperties properties;
    private final Availability availability;
    private final InteractionStore store;
    private final Interactions interactions;
    private final List<AutoCloseable> open; // in the order in which they were opened

    private LiveStore(
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
    static LiveStore open(StoreAddress address, InteractionProperties properties) {
        List<AutoCloseable> open = new ArrayList<>();
        try {
            return open(address, properties, open);
        } catch (RuntimeException e) {
            close(open);
            throw e;
        }
    }

    private static LiveStore open(StoreAddress address, InteractionProperties properties, List<AutoCloseable> open) {
        var listeners = new Listeners();
        var availability = new Availability(properties.timeout(), listeners);
        if (address instanceof StoreAddress.Embedded(var directory)) {
            open.add(EmbeddedDirectory.take(directory));
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
            case StoreAddress.Embedded _ -> preparation.require();
            case StoreAddress.Shared _ -> preparation.begin();
        }
        var interactions = new Interactions(store, availability, listeners, properties);
        return new LiveStore(properties, availability, store, interactions, open);
    }

    private static Database database(
            StoreAddress address,
            InteractionProperties properties,
            InteractionsListener listener,
            JdbcClient jdbc,
            List<AutoCloseable> open) {
        return switch (address) {
            case StoreAddress.Embedded _ -> new EmbeddedDatabase(jdbc);
            case StoreAddress.Shared shared -> {
                var database = new SharedDatabase(jdbc);
                Properties own = shared.properties(properties.timeout(), properties.statementTimeout());
                open.add(new ChangeWatcher(() -> DriverManager.getConnection(shared.url(), own), database, listener));
                yield database;
            }
        };
    }

    private static HikariDataSource pool(StoreAddress address, InteractionProperties properties) {
        var pool = new HikariConfig();
        pool.setPoolName("interactions");
        pool.setJdbcUrl(address.url());
        pool.setUsername(address.user());
        pool.setPassword(address.password());
        pool.setMaximumPoolSize(properties.connections());
        pool.setConnectionTimeout(properties.timeout().toMillis());
        pool.setValidationTimeout(properties.timeout().toMillis());
        switch (address) { // Preparation says what is wrong
            case StoreAddress.Embedded _ -> pool.setInitializationFailTimeout(0); // opened now, however long it takes
            case StoreAddress.Shared shared -> {
                pool.setInitializationFailTimeout(-1);
                pool.setDataSourceProperties(shared.properties(properties.timeout(), properties.statementTimeout()));
            }
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

package io.diffmm.interactions;

import jakarta.validation.constraints.Positive;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.hibernate.validator.constraints.Range;
import org.hibernate.validator.constraints.time.DurationMax;
import org.hibernate.validator.constraints.time.DurationMin;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.validation.annotation.Validated;

/// Beans of the interaction store: an embedded database, or PostgreSQL if `spring.datasource.url` is set.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({InteractionsConfiguration.InteractionProperties.class, DataSourceProperties.class})
class InteractionsConfiguration {

    /// Subdirectory of the embedded database. Its permissions deny other accounts access, whatever those of the
    /// configured directory are.
    private static final String SUBDIRECTORY = "interactions";

    @Bean
    OpenedStore openedStore(DataSourceProperties source, InteractionProperties properties) {
        Database.Address address = Database.Address.of(
                Optional.ofNullable(source.getUrl()),
                Optional.ofNullable(source.getUsername()),
                Optional.ofNullable(source.getPassword()),
                properties.directory().resolve(SUBDIRECTORY));
        return OpenedStore.open(address, properties);
    }

    @Bean
    Interactions interactions(OpenedStore store) {
        return store.interactions();
    }

    @Bean
    InteractionRules interactionRules(InteractionProperties properties) {
        return new InteractionRules(properties.clockSkew(), properties.maxWeight(), Clock.systemUTC());
    }

    /// Settings of the interaction store.
    ///
    /// @param directory directory of the embedded database, unless `spring.datasource.url` names another
    ///     database
    /// @param maxHistory maximum number of items of a history that count, the newest ones
    /// @param clockSkew maximum time by which an interaction may be ahead of this machine's clock
    /// @param maxWeight maximum weight of an interaction
    /// @param idempotencyRetention time for which a repeated `Idempotency-Key` is recognised
    /// @param connections maximum number of database connections
    /// @param timeout maximum time that a request waits for a connection, that a write to PostgreSQL
    ///     waits for those before it, and that a recommendation waits for the history in the database
    ///     before it continues without it
    /// @param statementTimeout maximum duration of a statement on PostgreSQL
    @Validated
    @ConfigurationProperties(prefix = "diffmm.interactions", ignoreUnknownFields = false)
    record InteractionProperties(
            @DefaultValue("data") Path directory,

            @DefaultValue("1000") @Range(min = 1, max = 100_000)
            int maxHistory,

            @DefaultValue("1m") @DurationMin(seconds = 0) @DurationMax(days = 1)
            Duration clockSkew,

            @DefaultValue("1000000") @Positive double maxWeight,

            @DefaultValue("24h") @DurationMin(minutes = 1) @DurationMax(days = 365)
            Duration idempotencyRetention,

            @DefaultValue("10") @Range(min = 2, max = 1000) int connections,

            @DefaultValue("500ms") @DurationMin(millis = 250) @DurationMax(minutes = 1)
            Duration timeout,

            @DefaultValue("5s") @DurationMin(seconds = 1) @DurationMax(minutes = 10)
            Duration statementTimeout) {}
}

package io.diffmm.interactions;

import java.time.Clock;
import java.util.Optional;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// The store of live interactions: a file beside the server, or PostgreSQL if `spring.datasource.url` names one.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({InteractionProperties.class, DataSourceProperties.class})
class InteractionsConfiguration {

    /// Of its own, so that no other account may look into it, whoever may look into the directory.
    private static final String FOLDER = "interactions";

    @Bean
    OpenedStore.Opened openedStore(DataSourceProperties source, InteractionProperties properties) {
        DatabaseAddress address = DatabaseAddress.of(
                Optional.ofNullable(source.getUrl()),
                Optional.ofNullable(source.getUsername()),
                Optional.ofNullable(source.getPassword()),
                properties.directory().resolve(FOLDER));
        return OpenedStore.open(address, properties);
    }

    @Bean
    Interactions interactions(OpenedStore.Opened store) {
        return store.interactions();
    }

    @Bean
    InteractionRules interactionRules(InteractionProperties properties) {
        return new InteractionRules(properties.clockSkew(), properties.maxWeight(), Clock.systemUTC());
    }
}

package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions;
import io.diffmm.runtime.ModelRuntime;
import io.diffmm.runtime.RuntimeListener;
import io.diffmm.runtime.RuntimeSettings;
import io.diffmm.runtime.ServedModel;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Loads the model and puts the service in front of it.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    ArtifactProperties.class,
    CacheProperties.class,
    DeviceProperties.class,
    InferenceProperties.class
})
class RecommendationConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(RecommendationConfiguration.class);

    /// A thread for each task: tasks are short, and never run on the thread that computes.
    private static final Executor ANSWERING =
            task -> Thread.ofVirtual().name("answer").start(task);

    @Bean(destroyMethod = "close")
    ModelRuntime modelRuntime(
            ArtifactProperties artifacts,
            DeviceProperties device,
            InferenceProperties inference,
            RuntimeListener listener) {
        ModelRuntime runtime = open(
                new RuntimeSettings(
                        artifacts.directory(),
                        artifacts.name(),
                        device.device(),
                        inference.precision(),
                        inference.index().from(),
                        inference.index().width(),
                        inference.index().probeInterval(),
                        inference.threads(),
                        inference.queueCapacity(),
                        inference.maxBatch(),
                        inference.timeout()),
                listener);
        ServedModel model = runtime.model();
        LOG.info(
                "Serving {} {} ({}, {} users, {} items) on {}, items scanned in {}",
                model.name(),
                model.version(),
                model.family(),
                model.users().size(),
                model.items().size(),
                model.device(),
                model.precision());
        return runtime;
    }

    @Bean
    AnswerSource answerSource(
            ModelRuntime runtime, Interactions interactions, AnswerEncoder encoder, RecommendationListener listener) {
        var histories = new UserHistories(
                store(interactions), interactions.maxHistory(), interactions.timeout(), ANSWERING, listener);
        return new AnswerSource(runtime, histories, encoder, ANSWERING);
    }

    @Bean
    AsyncLoadingCache<AnswerKey, EncodedAnswer> recommendationCache(
            CacheProperties properties, AnswerSource source, RecommendationListener listener) {
        var loader = new AnswerLoader(source, properties.maximumRefreshes(), listener);
        return AnswerCache.create(properties, loader, ANSWERING, Ticker.systemTicker());
    }

    @Bean
    Freshness freshness(AsyncLoadingCache<AnswerKey, EncodedAnswer> recommendationCache, Interactions interactions) {
        var freshness = new Freshness(recommendationCache);
        interactions.listen(freshness);
        return freshness;
    }

    @Bean
    RecommendationService recommendationService(
            ModelRuntime runtime,
            AnswerSource source,
            AsyncLoadingCache<AnswerKey, EncodedAnswer> recommendationCache,
            Freshness freshness,
            InferenceProperties inference,
            RecommendationListener listener) {
        return new RecommendationService(
                runtime, source, recommendationCache, freshness, inference.timeout(), listener);
    }

    private static ModelRuntime open(RuntimeSettings settings, RuntimeListener listener) {
        try {
            return ModelRuntime.open(settings, listener);
        } catch (RuntimeException e) {
            LOG.debug("Loading from {} failed", settings.artifacts(), e);
            throw new ModelStartException(e);
        }
    }

    private static UserHistories.Store store(Interactions interactions) {
        return new UserHistories.Store() {
            @Override
            public Activity activity(String userId) {
                return interactions.activity(userId);
            }

            @Override
            public boolean erased(String userId) {
                return interactions.erased(userId);
            }

            @Override
            public boolean current() {
                return interactions.current();
            }
        };
    }
}

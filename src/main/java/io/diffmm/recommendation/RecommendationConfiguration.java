package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.diffmm.deployment.DeploymentSettings;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.deployment.Models;
import io.diffmm.interactions.Activity;
import io.diffmm.interactions.Interactions;
import io.diffmm.runtime.ModelRuntime.RuntimeSettings;
import io.diffmm.runtime.RuntimeListener;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Loads the model and puts the service in front of it.
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({
    ArtifactProperties.class,
    CacheProperties.class,
    CanaryProperties.class,
    DeviceProperties.class,
    InferenceProperties.class
})
class RecommendationConfiguration {

    private static final Logger LOG = LoggerFactory.getLogger(RecommendationConfiguration.class);

    private static final ContextSnapshotFactory CONTEXT =
            ContextSnapshotFactory.builder().build();

    /// A thread for each task: tasks are short, and never run on the thread that computes. They belong to the trace of
    /// the thread that began them.
    private static final Executor ANSWERING =
            task -> Thread.ofVirtual().name("answer").start(CONTEXT.captureAll().wrap(task));

    @Bean(destroyMethod = "close")
    ModelDeployment modelDeployment(
            ArtifactProperties artifacts,
            CanaryProperties canary,
            DeviceProperties device,
            InferenceProperties inference,
            RuntimeListener listener) {
        var deployed = new DeploymentSettings(artifacts.version(), canary.version(), canary.share(), artifacts.keep());
        try {
            return ModelDeployment.open(artifacts.source(), deployed, settings(device, inference), listener);
        } catch (RuntimeException e) {
            LOG.debug("Loading from {} failed", artifacts.directory(), e);
            throw new ModelStartException(e);
        }
    }

    private static RuntimeSettings settings(DeviceProperties device, InferenceProperties inference) {
        return new RuntimeSettings(
                device.device(),
                inference.precision(),
                inference.index().from(),
                inference.index().width(),
                inference.index().probeInterval(),
                inference.threads(),
                inference.queueCapacity(),
                inference.maxBatch(),
                inference.timeout());
    }

    /// Starts to poll for new versions once the server is ready.
    @Bean
    ApplicationListener<ApplicationReadyEvent> versionPolling(
            ModelDeployment deployment, ArtifactProperties artifacts) {
        return _ -> deployment.watch(artifacts.interval());
    }

    @Bean
    AnswerSource answerSource(
            Models models, Interactions interactions, AnswerEncoder encoder, RecommendationListener listener) {
        var histories = new UserHistories(
                store(interactions),
                interactions.maxHistory(),
                interactions.timeout(),
                () -> CONTEXT.captureAll().wrapExecutor(ANSWERING),
                listener);
        return new AnswerSource(models, histories, encoder, ANSWERING);
    }

    @Bean
    AsyncLoadingCache<AnswerKey, EncodedAnswer> recommendationCache(
            CacheProperties properties, AnswerSource source, RecommendationListener listener) {
        var loader = new AnswerLoader(source, properties.maximumRefreshes(), listener);
        return AnswerCache.create(properties, loader, ANSWERING, Ticker.systemTicker());
    }

    @Bean
    Freshness freshness(
            AsyncLoadingCache<AnswerKey, EncodedAnswer> recommendationCache,
            Interactions interactions,
            ModelDeployment deployment) {
        var freshness = new Freshness(recommendationCache);
        interactions.listen(freshness);
        deployment.listen(freshness);
        return freshness;
    }

    @Bean
    RecommendationService recommendationService(
            Models models,
            AnswerSource source,
            AsyncLoadingCache<AnswerKey, EncodedAnswer> recommendationCache,
            Freshness freshness,
            InferenceProperties inference,
            RecommendationListener listener) {
        return new RecommendationService(models, source, recommendationCache, freshness, inference.timeout(), listener);
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

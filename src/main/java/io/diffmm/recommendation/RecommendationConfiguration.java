package io.diffmm.recommendation;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Ticker;
import io.diffmm.deployment.DeploymentSettings;
import io.diffmm.deployment.ModelDeployment;
import io.diffmm.deployment.ServedModels;
import io.diffmm.interactions.Interactions;
import io.diffmm.recommendation.CacheInvalidator.AnswerKey;
import io.diffmm.recommendation.EncodedAnswer.AnswerEncoder;
import io.diffmm.recommendation.ServingProperties.ArtifactProperties;
import io.diffmm.recommendation.ServingProperties.CacheProperties;
import io.diffmm.recommendation.ServingProperties.CanaryProperties;
import io.diffmm.recommendation.ServingProperties.DeviceProperties;
import io.diffmm.recommendation.ServingProperties.InferenceProperties;
import io.diffmm.runtime.RuntimeListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Loads the model and creates the service in front of it.
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

    /// Thrown when the configured model cannot be served; the service does not start without one.
    static final class ModelStartException extends RuntimeException {

        private static final long serialVersionUID = 1;

        ModelStartException(RuntimeException cause) {
            super(cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        }
    }

    /// Describes in one paragraph the reason why no model can be served.
    static final class ModelStartFailureAnalyzer extends AbstractFailureAnalyzer<ModelStartException> {

        @Override
        protected FailureAnalysis analyze(Throwable rootFailure, ModelStartException cause) {
            return new FailureAnalysis(
                    "No model can be served: %s.".formatted(cause.getMessage()),
                    "Point diffmm.artifacts.directory (--artifacts) at a published model; diffmm.artifacts.name (--name) chooses among several.",
                    cause);
        }
    }

    @Bean(destroyMethod = "close")
    ModelDeployment modelDeployment(
            ArtifactProperties artifacts,
            CanaryProperties canary,
            DeviceProperties device,
            InferenceProperties inference,
            RuntimeListener listener) {
        var deployed = new DeploymentSettings(artifacts.version(), canary.version(), canary.share(), artifacts.keep());
        try {
            return ModelDeployment.open(artifacts.source(), deployed, inference.on(device), listener);
        } catch (RuntimeException e) {
            LOG.debug("Loading from {} failed", artifacts.directory(), e);
            throw new ModelStartException(e);
        }
    }

    /// The served versions, which the deployment closes.
    @Bean(destroyMethod = "")
    ServedModels servedModels(ModelDeployment deployment) {
        return deployment.served();
    }

    /// Starts to poll for new versions once the server is ready.
    @Bean
    ApplicationListener<ApplicationReadyEvent> versionPolling(
            ModelDeployment deployment, ArtifactProperties artifacts) {
        return _ -> deployment.watch(artifacts.interval());
    }

    @Bean
    RecommendationPipeline recommendationPipeline(
            Interactions interactions,
            AnswerEncoder encoder,
            InferenceProperties inference,
            RecommendationListener listener) {
        var histories = new UserHistories(
                interactions,
                interactions.maxHistory(),
                interactions.timeout(),
                RecommendationPipeline.ANSWERING,
                listener);
        return new RecommendationPipeline(histories, encoder, inference.timeout());
    }

    @Bean
    AnswerCache answerCache(
            CacheProperties properties,
            ServedModels models,
            RecommendationPipeline pipeline,
            InferenceProperties inference,
            RecommendationListener listener) {
        return new AnswerCache(
                properties,
                models,
                pipeline,
                inference.timeout(),
                RecommendationPipeline.ANSWERING,
                Ticker.systemTicker(),
                listener);
    }

    /// Cache that meters are bound to.
    @Bean
    AsyncCache<AnswerKey, EncodedAnswer> recommendationCache(AnswerCache cache) {
        return cache.answers();
    }

    @Bean
    CacheInvalidator cacheInvalidator(AnswerCache cache, Interactions interactions, ModelDeployment deployment) {
        var invalidator = new CacheInvalidator(cache.answers());
        interactions.listen(invalidator);
        deployment.listen(invalidator);
        return invalidator;
    }

    @Bean
    RecommendationService recommendationService(
            ServedModels models,
            RecommendationPipeline pipeline,
            AnswerCache cache,
            CacheInvalidator invalidator,
            RecommendationListener listener) {
        return new RecommendationService(models, pipeline, cache, invalidator, listener);
    }
}

package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.diffmm.cli.TrainCommand;
import io.diffmm.training.TrainerFamily;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/// CronJob that trains and publishes models.
class TrainingTest {

    private static final String ENABLED = """
            training: {enabled: true}
            artifacts: {name: shop}
            postgresql: {url: "jdbc:postgresql://db/shop", existingSecret: database}
            """;

    static List<String> valueSets() {
        return Chart.valueSets().stream()
                .filter(set -> !Chart.of(set).all(CronJob.class).isEmpty())
                .toList();
    }

    @Test
    void cronJob_isDisabledByDefault() {
        assertThat(Chart.with("").all(CronJob.class)).isEmpty();
    }

    @Test
    void cronJob_forbidsConcurrency_withDeadlineAndHistoryLimits() {
        CronJobSpec spec = Chart.with(ENABLED).only(CronJob.class).getSpec();

        assertThat(spec.getConcurrencyPolicy()).isEqualTo("Forbid");
        assertThat(spec.getSchedule()).isEqualTo("30 2 * * *");
        assertThat(spec.getTimeZone()).isEqualTo("Etc/UTC");
        assertThat(spec.getStartingDeadlineSeconds()).isEqualTo(3600);
        assertThat(spec.getSuccessfulJobsHistoryLimit()).isEqualTo(3);
        assertThat(spec.getFailedJobsHistoryLimit()).isEqualTo(3);
    }

    @Test
    void job_hasADeadline_andRetriesOnlyAfterDisruptions() {
        JobSpec job = Chart.with(ENABLED)
                .only(CronJob.class)
                .getSpec()
                .getJobTemplate()
                .getSpec();

        assertThat(job.getActiveDeadlineSeconds()).isEqualTo(21_600);
        assertThat(job.getBackoffLimit()).isZero();
        assertThat(job.getTemplate().getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(job.getPodFailurePolicy().getRules())
                .extracting(rule -> rule.getAction())
                .containsExactly("Ignore", "FailJob");
    }

    @Test
    void deadlines_areRenderedAsIntegers() {
        assertThat(Chart.with(ENABLED + "\n").text()).contains("activeDeadlineSeconds: 21600\n");
        assertThat(Chart.with(ENABLED.replace("enabled: true", "enabled: true, activeDeadlineSeconds: 2592000"))
                        .text())
                .contains("activeDeadlineSeconds: 2592000\n");
    }

    @Test
    void gracePeriod_coversOneTrainingStep() {
        assertThat(Chart.with(ENABLED).pod(Rendering.TRAINING).getSpec().getTerminationGracePeriodSeconds())
                .isGreaterThan(60); // maximum time `train` takes to stop
    }

    @Test
    void arguments_trainOnLiveInteractions() {
        assertThat(arguments(ENABLED))
                .containsExactly(
                        "train",
                        "--data",
                        "jdbc:postgresql://db/shop",
                        "--artifacts",
                        "/artifacts",
                        "--name",
                        "shop",
                        "--model",
                        "t-diffrec",
                        "--tolerance",
                        "0.002",
                        "--device",
                        "auto");
        assertThat(Chart.with(ENABLED).environment(Rendering.TRAINING))
                .containsEntry("SPRING_DATASOURCE_USERNAME", "database/username")
                .containsEntry("SPRING_DATASOURCE_PASSWORD", "database/password");
    }

    @Test
    void arguments_withDatasetAndSettings_containTheirMountPaths() {
        Rendering chart = Chart.of("embedded-values.yaml");

        assertThat(chart.container(Rendering.TRAINING).getArgs())
                .containsSubsequence("--data", "/dataset/shop")
                .containsSubsequence("--config", "/settings/settings.yaml")
                .doesNotContain("jdbc:postgresql://db/shop");
        assertThat(chart.container(Rendering.TRAINING).getVolumeMounts().stream()
                        .map(VolumeMount::getMountPath))
                .containsExactlyInAnyOrder("/tmp", "/artifacts", "/dataset", "/settings");
        assertThat(Yaml.object(chart.file("-training", "settings.yaml"))).containsEntry("preset", "tiktok");
    }

    @Test
    void arguments_withABucket_containItsUrl() {
        assertThat(Chart.of("bucket-values.yaml").container(Rendering.TRAINING).getArgs())
                .containsSubsequence("--artifacts", "s3://models/production/shop")
                .containsSubsequence("--config", "unordered", "--min-weight", "0.5");
    }

    @Test
    void artifacts_areMountedWritable() {
        assertThat(Chart.with(ENABLED).container(Rendering.TRAINING).getVolumeMounts())
                .filteredOn(mount -> mount.getName().equals("artifacts"))
                .singleElement()
                .satisfies(mount -> assertThat(mount.getReadOnly()).isNull());
    }

    @Test
    void gpu_isAResourceLimit() {
        Rendering chart = Chart.of("gpu-values.yaml");

        assertThat(chart.container(Rendering.TRAINING).getResources().getLimits())
                .containsEntry("nvidia.com/gpu", new Quantity("1"));
        assertThat(chart.container(Rendering.TRAINING).getArgs()).containsSubsequence("--device", "gpu");
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void arguments_areValidForTheCommand(String set) {
        List<String> arguments = Chart.of(set).container(Rendering.TRAINING).getArgs();

        assertThat(arguments.getFirst()).isEqualTo("train");
        CommandLine.ParseResult parsed = new CommandLine(new TrainCommand())
                .parseArgs(arguments.subList(1, arguments.size()).toArray(String[]::new));
        assertThat(parsed.unmatched()).isEmpty();
        assertThat(parsed.<String>matchedOptionValue("--name", "")).isEqualTo("shop");
    }

    @Test
    void model_mayBeAnyRegisteredFamily() {
        assertThat(TrainerFamily.all())
                .allSatisfy(family -> assertThat(
                                arguments(ENABLED.replace("enabled: true", "enabled: true, model: " + family.name())))
                        .containsSubsequence("--model", family.name()));
    }

    private static List<String> arguments(String values) {
        return Chart.with(values).container(Rendering.TRAINING).getArgs();
    }
}

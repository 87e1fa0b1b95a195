package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Notes that Helm prints after an installation.
class NotesTest {

    private static final String LOST = "WARNING: Live interactions are deleted with the pod";
    private static final String ONE_NODE = "WARNING: Only one node at a time can mount the volume of the models";
    private static final String NO_PASSWORD = "WARNING: PostgreSQL has no user and password";

    @TempDir
    private Path temporary;

    @Test
    void notes_ofTheDefaults_containCommandsAndWarnings() {
        assertThat(notes(""))
                .contains(
                        "port-forward service/films-diffmm-server 8080:80",
                        "helm -n recommendations test films",
                        "Pods load models from /artifacts. ",
                        LOST,
                        ONE_NODE)
                .doesNotContain(NO_PASSWORD, "{{");
    }

    @Test
    void notes_ofACompleteInstallation_containNoWarning() {
        assertThat(notes(Chart.values("plain-values.yaml")))
                .contains(
                        "http://recommendations.example.org/users/u42/recommendations",
                        "create job --from=cronjob/diffmm-server-training diffmm-server-first")
                .doesNotContain("WARNING", "port-forward");
    }

    @Test
    void notes_ofARoute_containItsHostname() {
        assertThat(notes(Chart.values("gpu-values.yaml")))
                .contains("for recommendations.example.org", "Pods load models from s3://models.")
                .doesNotContain("WARNING");
    }

    @Test
    void notes_ofPostgresqlWithoutASecret_containAWarning() {
        assertThat(notes(
                        "postgresql: {url: 'jdbc:postgresql://db/shop'}\nartifacts: {persistence: {existingClaim: a}}"))
                .contains(NO_PASSWORD)
                .doesNotContain(LOST, ONE_NODE);
    }

    private String notes(String values) {
        return Chart.notes(temporary, values);
    }
}

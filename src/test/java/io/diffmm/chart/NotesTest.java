package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What Helm says after an installation.
class NotesTest {

    private static final String LOST = "WARNING: live interactions are lost with the pod";
    private static final String ONE_NODE = "WARNING: one node alone can mount the volume of models";
    private static final String NO_PASSWORD = "WARNING: no user and password for PostgreSQL";

    @TempDir
    private Path temporary;

    @Test
    void notes_ofTheDefaults_sayHowToAskAndWhatIsLost() {
        assertThat(notes(""))
                .contains(
                        "port-forward service/films-diffmm-server 8080:80",
                        "helm -n recommendations test films",
                        "Models are read from /artifacts",
                        LOST,
                        ONE_NODE)
                .doesNotContain(NO_PASSWORD, "{{");
    }

    @Test
    void notes_ofAWholeInstallation_warnOfNothing() {
        assertThat(notes(Chart.values("plain-values.yaml")))
                .contains(
                        "http://recommendations.example.org/users/u42/recommendations",
                        "create job --from=cronjob/diffmm-server-training diffmm-server-first")
                .doesNotContain("WARNING", "port-forward");
    }

    @Test
    void notes_ofARoute_sayWhereItIs() {
        assertThat(notes(Chart.values("gpu-values.yaml")))
                .contains("for recommendations.example.org", "Models are read from s3://models.")
                .doesNotContain("WARNING");
    }

    @Test
    void notes_ofPostgresqlWithoutAPassword_warn() {
        assertThat(notes(
                        "postgresql: {url: 'jdbc:postgresql://db/shop'}\nartifacts: {persistence: {existingClaim: a}}"))
                .contains(NO_PASSWORD)
                .doesNotContain(LOST, ONE_NODE);
    }

    private String notes(String values) {
        return Chart.notes(temporary, values);
    }
}

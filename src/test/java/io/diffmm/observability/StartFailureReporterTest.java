package io.diffmm.observability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;

class StartFailureReporterTest {

    @Test
    void paragraph_manyLines_becomeOne() {
        var analysis = new FailureAnalysis("No model:\n\n    Value: \"0\"\n", "Point elsewhere.", new Exception());

        assertThat(StartFailureReporter.paragraph(analysis)).isEqualTo("No model: Value: \"0\" Point elsewhere.");
    }

    @Test
    void paragraph_withoutAction_isTheDescription() {
        assertThat(StartFailureReporter.paragraph(new FailureAnalysis("Port taken.", null, new Exception())))
                .isEqualTo("Port taken.");
    }
}

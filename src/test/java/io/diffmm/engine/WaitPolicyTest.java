package io.diffmm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/// Wait policy of OpenMP in a process of its own, as the library itself reports it.
class WaitPolicyTest {

    private static final String POLICY = "OMP_WAIT_POLICY";

    @Test
    void engine_environmentWithoutPolicy_waitsPassively() throws Exception {
        assertThat(reported(Map.of())).contains("OMP_WAIT_POLICY = 'PASSIVE'");
    }

    @Test
    void engine_policyOfTheEnvironment_isKept() throws Exception {
        assertThat(reported(Map.of(POLICY, "ACTIVE"))).contains("OMP_WAIT_POLICY = 'ACTIVE'");
        assertThat(reported(Map.of("GOMP_SPINCOUNT", "7"))).contains("GOMP_SPINCOUNT = '7'");
    }

    /// Loads the engine.
    public static void main(String[] arguments) {
        PyTorch.engine();
    }

    private static String reported(Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-XX:TieredStopAtLevel=1",
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        WaitPolicyTest.class.getName()))
                .redirectErrorStream(true);
        builder.environment().keySet().removeAll(List.of(POLICY, "GOMP_SPINCOUNT"));
        builder.environment().put("OMP_DISPLAY_ENV", "VERBOSE");
        builder.environment().putAll(environment);
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(output).isTrue();
        return output;
    }
}

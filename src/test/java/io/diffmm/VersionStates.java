package io.diffmm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Client of the `artifacts` endpoint: versions of a server by state.
final class VersionStates {

    private static final Duration NEVER = Duration.ofSeconds(60);

    private VersionStates() {}

    /// Returns the versions in a state: `current`, `canary`, `available` or `refused`.
    static List<String> of(Server server, String state) throws Exception {
        List<String> names = new ArrayList<>();
        for (JsonNode version :
                Http.json(server.get("/actuator/artifacts"), 200).get("versions")) {
            if (version.get("state").asString().equals(state)) {
                names.add(version.get("version").asString());
            }
        }
        return names;
    }

    /// Waits until a version is in a state.
    static void await(Server server, String state, String version) throws Exception {
        long deadline = System.nanoTime() + NEVER.toNanos();
        while (!of(server, state).contains(version)) {
            assertThat(System.nanoTime()).as("%s is %s", version, state).isLessThan(deadline);
            Thread.sleep(50);
        }
    }
}

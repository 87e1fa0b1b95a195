package io.diffmm;

import com.github.dockerjava.api.command.BuildImageCmd;
import com.github.dockerjava.api.command.BuildImageResultCallback;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/// Image built from the Dockerfile and the packaged jar, once for all tests of a run.
final class ServerImage {

    /// Port of the server in a container.
    static final int PORT = 8080;

    /// Environment variable of the maximum duration of the warm-up.
    static final String WARM_UP = "DIFFMM_WARM_UP_TIME";

    /// Memory limit that the documentation recommends for a pod.
    static final long MEMORY = 2L << 30;

    private static final String NAME = "diffmm-server-test";
    private static final long CORES = 2;
    private static final long NANOS = Duration.ofSeconds(1).toNanos();

    private ServerImage() {}

    private static final class Holder {

        private static final String BUILT = build();

        private static String build() {
            BuildImageCmd build = DockerClientFactory.instance()
                    .client()
                    .buildImageCmd(Path.of("Dockerfile").toAbsolutePath().toFile())
                    .withTarget("cpu")
                    .withTags(Set.of(NAME));
            Path jar = Path.of(Objects.requireNonNull(System.getProperty("diffmm.jar")));
            build.withBuildArg(
                    "JAR", Path.of("").toAbsolutePath().relativize(jar).toString());
            for (String base : List.of("JDK_IMAGE", "BASE_IMAGE")) {
                Optional.ofNullable(System.getenv("DIFFMM_TEST_" + base))
                        .ifPresent(image -> build.withBuildArg(base, image)); // alternative base image
            }
            build.exec(new BuildImageResultCallback()).awaitImageId();
            return NAME;
        }
    }

    /// Builds the image on first use and returns its name.
    static String name() {
        return Holder.BUILT;
    }

    /// Returns a new container, not started, with the restrictions of a hardened platform: two cores, a memory limit, a
    /// read-only root file system, and a temporary directory mounted with `noexec`. A server has no warm-up.
    static GenericContainer<?> container(String... command) {
        return new GenericContainer<>(DockerImageName.parse(name()))
                .withCommand(command)
                .withEnv(WARM_UP, "0")
                .withExposedPorts(PORT)
                .withTmpFs(Map.of("/tmp", "rw,noexec,nosuid"))
                .withCreateContainerCmdModifier(create -> restrict(Objects.requireNonNull(create.getHostConfig())))
                .waitingFor(Wait.forHttp("/actuator/health/readiness").withStartupTimeout(Duration.ofMinutes(2)));
    }

    private static void restrict(HostConfig host) {
        host.withReadonlyRootfs(true)
                .withMemory(MEMORY)
                .withMemorySwap(MEMORY)
                .withNanoCPUs(CORES * NANOS)
                .withCapDrop(Capability.ALL)
                .withSecurityOpts(List.of("no-new-privileges"));
    }
}

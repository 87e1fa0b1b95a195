package io.diffmm.chart;

import io.fabric8.kubernetes.api.model.Capabilities;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.SeccompProfile;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Validator of pods against the level `restricted` of the Pod Security Standards for Linux
/// (<https://kubernetes.io/docs/concepts/security/pod-security-standards/>).
final class PodSecurity {

    private final PodSpec pod;
    private final PodSecurityContext context;
    private final List<String> violations = new ArrayList<>();

    private PodSecurity(PodSpec pod) {
        this.pod = pod;
        this.context = Objects.requireNonNullElseGet(pod.getSecurityContext(), PodSecurityContext::new);
    }

    /// Returns the fields of a pod that violate the level.
    static List<String> violations(PodSpec pod) {
        PodSecurity security = new PodSecurity(pod);
        security.checkPod();
        pod.getVolumes().forEach(security::checkVolume);
        Stream.concat(pod.getInitContainers().stream(), pod.getContainers().stream())
                .forEach(security::checkContainer);
        return List.copyOf(security.violations);
    }

    private void checkPod() {
        require(!isTrue(pod.getHostNetwork()), "hostNetwork");
        require(!isTrue(pod.getHostPID()), "hostPID");
        require(!isTrue(pod.getHostIPC()), "hostIPC");
        require(context.getSysctls().isEmpty(), "sysctls");
        require(context.getSeLinuxOptions() == null, "seLinuxOptions");
        require(context.getAppArmorProfile() == null, "appArmorProfile");
        require(!Objects.equals(context.getRunAsUser(), 0L), "runAsUser of the pod");
    }

    private void checkVolume(Volume volume) {
        boolean allowed = Stream.of(
                        volume.getConfigMap(),
                        volume.getCsi(),
                        volume.getDownwardAPI(),
                        volume.getEmptyDir(),
                        volume.getEphemeral(),
                        volume.getPersistentVolumeClaim(),
                        volume.getProjected(),
                        volume.getSecret())
                .anyMatch(Objects::nonNull);
        require(allowed, "type of the volume " + volume.getName());
    }

    private void checkContainer(Container container) {
        SecurityContext own = Objects.requireNonNullElseGet(container.getSecurityContext(), SecurityContext::new);
        require(!isTrue(own.getPrivileged()), "privileged");
        require(Objects.equals(own.getAllowPrivilegeEscalation(), false), "allowPrivilegeEscalation");
        require(!Objects.equals(own.getRunAsUser(), 0L), "runAsUser");
        require(either(own.getRunAsNonRoot(), context.getRunAsNonRoot()).orElse(false), "runAsNonRoot");
        require(
                either(own.getSeccompProfile(), context.getSeccompProfile())
                        .map(SeccompProfile::getType)
                        .filter(List.of("RuntimeDefault", "Localhost")::contains)
                        .isPresent(),
                "seccompProfile");
        require(own.getSeLinuxOptions() == null, "seLinuxOptions");
        require(own.getAppArmorProfile() == null, "appArmorProfile");
        require(Objects.requireNonNullElse(own.getProcMount(), "Default").equals("Default"), "procMount");
        require(container.getPorts().stream().map(ContainerPort::getHostPort).allMatch(Objects::isNull), "hostPort");
        checkCapabilities(Objects.requireNonNullElseGet(own.getCapabilities(), Capabilities::new));
    }

    private void checkCapabilities(Capabilities capabilities) {
        require(capabilities.getDrop().contains("ALL"), "capabilities to drop");
        require(List.of("NET_BIND_SERVICE").containsAll(capabilities.getAdd()), "capabilities to add");
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            violations.add(what);
        }
    }

    private static <T> Optional<T> either(T own, T ofThePod) {
        return Optional.ofNullable(own).or(() -> Optional.ofNullable(ofThePod));
    }

    private static boolean isTrue(Boolean value) {
        return Boolean.TRUE.equals(value);
    }
}

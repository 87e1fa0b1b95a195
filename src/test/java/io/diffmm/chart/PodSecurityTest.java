package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class PodSecurityTest {

    static Stream<String> valueSets() {
        return Chart.valueSets().stream();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void pods_satisfyTheRestrictedLevel(String set) {
        assertThat(Chart.of(set).pods())
                .containsKeys(Rendering.SERVING, Rendering.TEST)
                .allSatisfy((component, pod) -> assertThat(PodSecurity.violations(pod.getSpec()))
                        .as(component)
                        .isEmpty());
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void pods_haveNeitherTokenNorServiceVariables(String set) {
        Rendering chart = Chart.of(set);

        assertThat(chart.pods().values()).allSatisfy(pod -> {
            assertThat(pod.getSpec().getAutomountServiceAccountToken()).isFalse();
            assertThat(pod.getSpec().getEnableServiceLinks()).isFalse();
        });
        assertThat(chart.all(ServiceAccount.class))
                .allSatisfy(account ->
                        assertThat(account.getAutomountServiceAccountToken()).isFalse());
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void containers_haveAReadOnlyRootFilesystem_andResourceLimits(String set) {
        assertThat(Chart.of(set).pods().values().stream().flatMap(pod -> pod.getSpec().getContainers().stream()))
                .allSatisfy(container -> {
                    assertThat(container.getSecurityContext().getReadOnlyRootFilesystem())
                            .isTrue();
                    assertThat(container.getResources().getLimits()).containsKey("memory");
                    assertThat(container.getResources().getRequests()).containsKeys("memory", "cpu");
                });
    }

    @Test
    void pods_runAsTheUserOfTheImage() {
        var context = Chart.with("").pod(Rendering.SERVING).getSpec().getSecurityContext();

        assertThat(context.getRunAsUser()).isEqualTo(10_001);
        assertThat(context.getRunAsGroup()).isEqualTo(10_001);
        assertThat(context.getFsGroup()).isEqualTo(10_001);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "securityContext: {privileged: true} | privileged",
                "securityContext: {allowPrivilegeEscalation: true} | allowPrivilegeEscalation",
                "securityContext: {capabilities: {drop: []}} | capabilities to drop",
                "securityContext: {capabilities: {add: [SYS_ADMIN]}} | capabilities to add",
                "securityContext: {runAsUser: 0} | runAsUser",
                "securityContext: {runAsNonRoot: false} | runAsNonRoot",
                "securityContext: {procMount: Unmasked} | procMount",
                "securityContext: {seccompProfile: {type: Unconfined}} | seccompProfile",
                "podSecurityContext: {seccompProfile: null} | seccompProfile",
                "podSecurityContext: {runAsUser: 0} | runAsUser of the pod",
                "podSecurityContext: {sysctls: [{name: kernel.msgmax, value: '1'}]} | sysctls",
                "podSecurityContext: {seLinuxOptions: {user: root}} | seLinuxOptions",
                "{volumes: [{name: a, hostPath: {path: /}}], volumeMounts: [{name: a, mountPath: /a}]} | type of the volume a",
            })
    void violations_ofPermissiveValues_areFound(String values, String violation) {
        PodSpec pod = Chart.with(values).pod(Rendering.SERVING).getSpec();

        assertThat(PodSecurity.violations(pod)).containsExactly(violation);
    }

    @Test
    void violations_ofHostNamespacesAndPorts_areFound() {
        PodSpec pod = new PodSpecBuilder(Chart.with("").pod(Rendering.SERVING).getSpec())
                .withHostNetwork(true)
                .withHostPID(true)
                .withHostIPC(true)
                .editFirstContainer()
                .editFirstPort()
                .withHostPort(80)
                .endPort()
                .endContainer()
                .build();

        assertThat(PodSecurity.violations(pod))
                .containsExactlyInAnyOrder("hostNetwork", "hostPID", "hostIPC", "hostPort");
    }

    @Test
    void violations_ofAnEmptyContainer_areFound() {
        PodSpec pod = new PodSpec();
        pod.getContainers().add(new Container());

        assertThat(PodSecurity.violations(pod))
                .containsExactlyInAnyOrder(
                        "allowPrivilegeEscalation", "runAsNonRoot", "seccompProfile", "capabilities to drop");
    }
}

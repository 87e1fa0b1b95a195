package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// NetworkPolicies: allowed peers and ports of serving, training and test pods.
class NetworkTest {

    private static final String EGRESS_OF_DNS = "53/UDP,53/TCP to kube-system";

    static Stream<String> valueSets() {
        return Chart.valueSets().stream().filter(set -> !set.startsWith("minimal"));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void policies_restrictBothDirections(String set) {
        Rendering chart = Chart.of(set);

        assertThat(Stream.of("-default-deny", "", "-test").map(suffix -> policy(chart, suffix)))
                .allSatisfy(
                        policy -> assertThat(policy.getPolicyTypes()).containsExactlyInAnyOrder("Ingress", "Egress"));
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void defaultDeny_hasNoRules(String set) {
        NetworkPolicySpec denial = policy(Chart.of(set), "-default-deny");

        assertThat(denial.getIngress()).isEmpty();
        assertThat(denial.getEgress()).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("valueSets")
    void ingressRules_havePeers(String set) {
        assertThat(Chart.of(set).all(NetworkPolicy.class).stream()
                        .flatMap(policy -> policy.getSpec().getIngress().stream()))
                .isNotEmpty()
                .allMatch(rule -> !rule.getFrom().isEmpty());
    }

    @Test
    void ingress_byDefault_admitsTheNamespaceAndPrometheus() {
        assertThat(policy(Chart.with(""), "").getIngress())
                .singleElement()
                .satisfies(rule -> assertThat(ports(rule.getPorts())).containsExactly("http/TCP"));
        assertThat(callers("", "")).containsExactly("pods", "monitoring");
    }

    @Test
    void ingress_admitsTheTestPod() {
        assertThat(callers("networkPolicy: {clients: []}", "-from-test")).containsExactly("pods test");
    }

    @Test
    void ingress_withARoute_admitsItsController() {
        assertThat(callers("ingress: {enabled: true}", "")).containsExactly("pods", "ingress-nginx", "monitoring");
        assertThat(callers("httpRoute: {enabled: true, parentRefs: [{name: a}]}", ""))
                .containsExactly("pods", "ingress-nginx", "monitoring");
    }

    @Test
    void ingress_withoutPeers_isDenied() {
        assertThat(callers("networkPolicy: {clients: []}", "")).containsExactly("monitoring");
        assertThat(policy(Chart.with("networkPolicy: {clients: [], prometheus: []}"), "")
                        .getIngress())
                .isEmpty();
    }

    @Test
    void egress_byDefault_allowsDnsOnly() {
        assertThat(egress(Chart.with(""), "")).containsExactly(EGRESS_OF_DNS);
    }

    @Test
    void egress_ofServing_allowsConfiguredDestinations() {
        assertThat(egress(Chart.of("bucket-values.yaml"), ""))
                .containsExactly(
                        EGRESS_OF_DNS,
                        "5433/TCP,5432/TCP to 10.1.0.0/16",
                        "9000/TCP to storage",
                        "80/TCP to 169.254.170.23/32",
                        "4318/TCP to observability");
    }

    @Test
    void egress_ofTraining_excludesTraces_andIngressIsDenied() {
        Rendering chart = Chart.of("bucket-values.yaml");

        assertThat(egress(chart, "-training"))
                .containsExactly(
                        EGRESS_OF_DNS,
                        "5433/TCP,5432/TCP to 10.1.0.0/16",
                        "9000/TCP to storage",
                        "80/TCP to 169.254.170.23/32");
        assertThat(policy(chart, "-training").getIngress()).isEmpty();
    }

    @Test
    void egress_ofTheTest_allowsServingPods() {
        assertThat(egress(Chart.with(""), "-test")).containsExactly(EGRESS_OF_DNS, "http/TCP to pods server");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "postgresql: {url: 'jdbc:postgresql://db/shop'} | 5432/TCP",
                "postgresql: {url: 'jdbc:postgresql://db:6432/shop?ssl=true&a=b:99'} | 6432/TCP",
                "postgresql: {url: 'jdbc:postgresql://a:1,b:2,c:1/shop'} | 1/TCP,2/TCP",
                "artifacts: {s3: {bucket: models}} | 443/TCP",
                "artifacts: {s3: {bucket: models, endpoint: 'https://s3.example.org', existingSecret: a}} | 443/TCP",
                "artifacts: {s3: {bucket: models, endpoint: 'http://s3.example.org/', existingSecret: a}} | 80/TCP",
                "artifacts: {s3: {bucket: models, endpoint: 'http://minio:9000'}} | 9000/TCP,443/TCP",
                "otlp: {endpoint: 'http://collector:4318/v1/traces'} | 4318/TCP",
                "otlp: {endpoint: 'https://collector/v1/traces'} | 443/TCP",
            })
    void egress_allowsThePortOfTheUrl(String values, String ports) {
        assertThat(egress(Chart.with(values), "")).containsExactly(EGRESS_OF_DNS, ports + " to anywhere");
    }

    @Test
    void policies_canBeDisabled() {
        assertThat(Chart.of("minimal-values.yaml").all(NetworkPolicy.class)).isEmpty();
    }

    private static NetworkPolicySpec policy(Rendering chart, String suffix) {
        return chart.named(NetworkPolicy.class, suffix).getSpec();
    }

    private static Stream<String> callers(String values, String suffix) {
        return policy(Chart.with(values), suffix).getIngress().stream()
                .flatMap(rule -> rule.getFrom().stream())
                .map(NetworkTest::describe);
    }

    private static Stream<String> egress(Rendering chart, String suffix) {
        return policy(chart, suffix).getEgress().stream().map(NetworkTest::describe);
    }

    private static String describe(NetworkPolicyEgressRule rule) {
        List<String> peers = rule.getTo().stream().map(NetworkTest::describe).toList();
        return "%s to %s"
                .formatted(
                        String.join(",", ports(rule.getPorts())),
                        peers.isEmpty() ? "anywhere" : String.join(",", peers));
    }

    private static List<String> ports(List<NetworkPolicyPort> ports) {
        return ports.stream()
                .map(port -> "%s/%s".formatted(port.getPort().getValue(), port.getProtocol()))
                .toList();
    }

    /// Describes a peer: a namespace by its name, pods of the same namespace by their component.
    private static String describe(NetworkPolicyPeer peer) {
        if (peer.getIpBlock() != null) {
            return peer.getIpBlock().getCidr();
        }
        LabelSelector namespaces = peer.getNamespaceSelector();
        if (namespaces != null) {
            return Objects.requireNonNull(namespaces.getMatchLabels().get("kubernetes.io/metadata.name"));
        }
        String component = peer.getPodSelector().getMatchLabels().get("app.kubernetes.io/component");
        return component == null ? "pods" : "pods " + component;
    }
}

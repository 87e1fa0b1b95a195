package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StrictReaderTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "v1/Service | {spec: {port: 80}} | port",
                "v1/Service | {spec: {ports: [{name: http, port: '80'}]}} | port",
                "v1/Service | {metadata: {name: 80}} | name",
                "v1/ConfigMap | {data: {limit: 20}} | data",
                "v1/ConfigMap | {data: {on: true}} | data",
                "v1/ServiceAccount | {automountServiceAccountToken: 'no'} | automountServiceAccountToken",
                "apps/v1/Deployment | {spec: {template: {spec: {containers: [{name: a, comand: [b]}]}}}} | comand",
                "autoscaling/v2/HorizontalPodAutoscaler | {spec: {minReplicas: 1.5}} | minReplicas",
                "monitoring.coreos.com/v1/ServiceMonitor | {spec: {endpoints: [{prot: http}]}} | prot",
                "keda.sh/v1alpha1/ScaledObject | {spec: {triggers: [{type: cpu, metaData: {}}]}} | metaData",
                "keda.sh/v1alpha1/ScaledObject | {spec: {triggers: [{type: cpu, metadata: {value: 70}}]}} | value",
                "keda.sh/v1alpha1/ScaledObject | {spc: {}} | spc",
            })
    void read_invalidField_isRejected(String kind, String rest, String field) {
        int slash = kind.lastIndexOf('/');
        String text = "{apiVersion: %s, kind: %s, %s"
                .formatted(kind.substring(0, slash), kind.substring(slash + 1), rest.substring(1));

        assertThatThrownBy(() -> Rendering.of(text))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(field);
    }

    @Test
    void read_unknownKind_isRejected() {
        assertThatThrownBy(() -> Rendering.of("{apiVersion: apps/v1, kind: Deploymnet}"))
                .hasMessageContaining("apps/v1/Deploymnet");
    }

    @Test
    void read_duplicateKey_isRejected() {
        assertThatThrownBy(() -> Yaml.object("a: 1\na: 2")).hasMessageContaining("a");
    }
}

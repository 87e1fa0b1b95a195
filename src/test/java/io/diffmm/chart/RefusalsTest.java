package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Rejection of invalid values before an installation; the message contains the value and the reason.
class RefusalsTest {

    private static final String DATABASE = "postgresql: {url: 'jdbc:postgresql://db/shop'}\n";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "replicas: 2 | at '' | replicas",
                "image: {tga: '1'} | /image | tga",
                "postgresql: {uri: a} | /postgresql | uri",
                "networkPolicy: {enable: false} | /networkPolicy | enable",
                "networkPolicy: {clients: [{podSelctor: {}}]} | /networkPolicy/clients/0 | podSelctor",
                "training: {shedule: a} | /training | shedule",
                "securityContext: {readOnlyRootFileSystem: true} | /securityContext | readOnlyRootFileSystem",
                "resources: {limit: {}} | /resources | limit",
                "affinity: {podAntiAfinity: {}} | /affinity | podAntiAfinity",
            })
    void misspeltName_isRejected(String values, String where, String name) {
        assertThat(Chart.refusal(values)).contains("additional properties", where, name);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "replicaCount: two | /replicaCount | want integer",
                "replicaCount: -1 | /replicaCount | minimum",
                "image: {pullPolicy: Sometimes} | /image/pullPolicy | 'Always', 'IfNotPresent', 'Never'",
                "service: {port: 70000} | /service/port | maximum",
                "resources: {limits: {memory: 2 GB}} | /resources/limits/memory | does not match pattern",
                "jvm: {maxRamPercentage: 95} | /jvm/maxRamPercentage | maximum",
                "postgresql: {url: 'postgres://db/shop'} | /postgresql/url | does not match pattern",
                "postgresql: {url: 'jdbc:postgresql://me:secret@db/shop'} | /postgresql/url | does not match pattern",
                "canary: {share: 5} | /canary/share | maximum",
                "otlp: {endpoint: collector} | /otlp/endpoint | does not match pattern",
                "artifacts: {s3: {bucket: Models}} | /artifacts/s3/bucket | does not match pattern",
                "artifacts: {s3: {prefix: /a}} | /artifacts/s3/prefix | does not match pattern",
                "artifacts: {persistence: {accessModes: [ReadMany]}} | accessModes/0 | 'ReadWriteMany'",
                "nameOverride: Films | /nameOverride | does not match pattern",
                "nameOverride: a.b | /nameOverride | does not match pattern",
                "fullnameOverride: 1films | /fullnameOverride | does not match pattern",
                "artifacts: {keep: 1} | /artifacts/keep | minimum",
                "artifacts: {endpointAccess: all} | /artifacts/endpointAccess | 'read-only', 'unrestricted', 'none'",
                "prometheusRule: {runbookUrl: docs} | /prometheusRule/runbookUrl | does not match pattern",
                "prometheusRule: {artifactAgeDays: 0} | /prometheusRule/artifactAgeDays | exclusiveMinimum",
                "prometheusRule: {ownNamespaceOnly: mine} | /prometheusRule/ownNamespaceOnly | want boolean",
                "training: {model: bert} | /training/model | 't-diffrec'",
                "training: {schedule: daily} | /training/schedule | does not match pattern",
                "serviceMonitor: {interval: '15'} | /serviceMonitor/interval | does not match pattern",
                "podAnnotations: {prometheus.io/scrape: true} | /podAnnotations | want string",
                "extraEnv: [{name: A, value: 1}] | /extraEnv/0/value | want string",
                "ingress: {hosts: [{host: a}]} | /ingress/hosts/0 | paths",
            })
    void invalidValue_isRejected_withTheExpectedForm(String values, String where, String expected) {
        assertThat(Chart.refusal(values)).contains(where, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "replicaCount: 2 | replicaCount is 2, but replicas cannot share the embedded database: set postgresql.url",
                "autoscaling: {enabled: true} | autoscaling.enabled is true, but replicas cannot share the embedded database",
                "postgresql: {url: 'jdbc:postgresql://db/shop?ssl=true&password=secret'} | postgresql.url contains a user or password",
                "shutdown: {gracefulSeconds: 50} | must be greater than the sum of shutdown.preStopSeconds and shutdown.gracefulSeconds, which is 60",
                "terminationGracePeriodSeconds: 30 | terminationGracePeriodSeconds is 30; it must be greater than",
                "httpRoute: {enabled: true} | httpRoute.parentRefs is empty",
                "ingress: {enabled: true, hosts: []} | ingress.hosts is empty",
                "canary: {share: 0.1} | canary.version is empty",
                "training: {enabled: true} | the published model has no name",
                "training: {enabled: true, name: a} | no data to train on: set postgresql.url",
                "training: {enabled: true, name: a, interactions: false} | no data to train on: set training.interactions to true",
                "{training: {enabled: true, name: a}, artifacts: {persistence: {enabled: false}}} | no storage to publish to",
                "config: {spring: {datasource: {url: a}}} | config contains spring.datasource.url, which the chart sets: use postgresql",
                "config: {spring.datasource.url: a} | config contains spring.datasource.url",
                "config: {diffmm: {canary: {share: 1}}} | use canary",
                "config: {diffmm: {artifacts: {s3: {region: a}}}} | use artifacts.s3",
                "config: {server: {port: 80}} | use service.port",
                "config: {diffmm: {device: cpu}} | use gpu.enabled",
                "config: {diffmm: {artifacts: {keep: 3}}} | use artifacts.keep",
                "config: {management: {server: {port: 8081}}} | probes, ServiceMonitor and NetworkPolicies use port 8080",
                "config: {management: {endpoints: {web: {base-path: /}}}} | probes and ServiceMonitor use /actuator",
                "config: {management: {endpoints: {web: {basePath: /}}}} | config contains management.endpoints.web.basePath",
                "config: {management.endpoint.artifacts.access: unrestricted} | use artifacts.endpointAccess",
                "config: {management: {tracing: {sampling: {probability: 1}}}} | use otlp.sampling",
                "config: {management.opentelemetry.tracing.export.otlp.endpoint: a} | use otlp.endpoint",
                "serviceMonitor: {interval: 15s, scrapeTimeout: 16s} | serviceMonitor.scrapeTimeout is 16s, longer than",
                "serviceMonitor: {interval: 1m, scrapeTimeout: 1m1ms} | serviceMonitor.scrapeTimeout is 1m1ms, longer than",
            })
    void invalidCombination_isRejected(String values, String message) {
        assertThat(Chart.refusal(values)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "autoscaling: {enabled: true, minReplicas: 9} | autoscaling.minReplicas is 9, greater than",
                "autoscaling: {enabled: true, keda: {enabled: true}} | autoscaling.keda.serverAddress is empty",
                "autoscaling: {enabled: true, keda: {enabled: true, serverAddress: 'http://a'}} | autoscaling.keda.query is empty and serviceMonitor.enabled is false",
                "autoscaling: {enabled: true, maxReplicas: 2, keda: {enabled: true, serverAddress: 'http://a', query: b}} | autoscaling.keda.fallbackReplicas is 3, greater than",
                "autoscaling: {enabled: true, targetCPUUtilizationPercentage: 0} | autoscaling requires at least one metric",
                "autoscaling: {keda: {enabled: true}} | KEDA has no effect without autoscaling",
                "training: {enabled: true, name: a, preset: demo, settings: {a: b}} | are both set",
            })
    void invalidCombination_withADatabase_isRejected(String values, String message) {
        assertThat(Chart.refusal(DATABASE + values)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "config: {diffmm: {artifacts: {version: 20260304-120001-5f2c9a01}}}",
                "config: {management: {endpoint: {health: {show-components: never}}}}",
                "artifacts: {keep: 0}",
                "serviceMonitor: {interval: 1m, scrapeTimeout: 60s}",
                "nameOverride: films-2",
                "config: {server: {tomcat: {accept-count: 10}}}",
                "podDisruptionBudget: {minAvailable: 1}",
                "resources: {limits: {cpu: 1.5}}",
                "global: {imageRegistry: a}",
                "replicaCount: 0",
            })
    void validValues_areAccepted(String values) {
        assertThat(Chart.with(values).objects()).isNotEmpty();
    }
}

package io.diffmm.chart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Wrong values are refused before anything is installed, and the message says which and why.
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
    void misspeltName_isNamed(String values, String where, String name) {
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
    void wrongValue_isNamed_withWhatIsExpected(String values, String where, String expected) {
        assertThat(Chart.refusal(values)).contains(where, expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "replicaCount: 2 | several replicas cannot share the embedded database: set postgresql.url",
                "autoscaling: {enabled: true} | several replicas cannot share the embedded database",
                "postgresql: {url: 'jdbc:postgresql://db/shop?ssl=true&password=secret'} | postgresql.url has a user or password",
                "shutdown: {gracefulSeconds: 50} | must be more than shutdown.preStopSeconds and shutdown.gracefulSeconds",
                "terminationGracePeriodSeconds: 30 | terminationGracePeriodSeconds is 30; it must be more than",
                "httpRoute: {enabled: true} | httpRoute.parentRefs is empty",
                "ingress: {enabled: true, hosts: []} | ingress.hosts is empty",
                "canary: {share: 0.1} | canary.version is not",
                "training: {enabled: true} | training.enabled needs a name to publish under",
                "training: {enabled: true, name: a} | training.enabled needs data: set postgresql.url",
                "training: {enabled: true, name: a, interactions: false} | set training.interactions to true",
                "{training: {enabled: true, name: a}, artifacts: {persistence: {enabled: false}}} | a place to publish to",
                "config: {spring: {datasource: {url: a}}} | config sets spring.datasource.url, which has a value of its own: see postgresql",
                "config: {spring.datasource.url: a} | config sets spring.datasource.url",
                "config: {diffmm: {canary: {share: 1}}} | see canary",
                "config: {diffmm: {artifacts: {s3: {region: a}}}} | see artifacts.s3",
                "config: {server: {port: 80}} | see service.port",
                "config: {diffmm: {device: cpu}} | see gpu.enabled",
                "config: {diffmm: {artifacts: {keep: 3}}} | see artifacts.keep",
                "config: {management: {server: {port: 8081}}} | probes, monitor and NetworkPolicies ask 8080",
                "config: {management: {endpoints: {web: {base-path: /}}}} | probes and monitor ask /actuator",
                "config: {management: {endpoints: {web: {basePath: /}}}} | config sets management.endpoints.web.basePath",
                "config: {management.endpoint.artifacts.access: unrestricted} | see artifacts.endpointAccess",
                "config: {management: {tracing: {sampling: {probability: 1}}}} | see otlp.sampling",
                "config: {management.opentelemetry.tracing.export.otlp.endpoint: a} | see otlp.endpoint",
                "serviceMonitor: {interval: 15s, scrapeTimeout: 16s} | serviceMonitor.scrapeTimeout is 16s, longer than",
                "serviceMonitor: {interval: 1m, scrapeTimeout: 1m1ms} | serviceMonitor.scrapeTimeout is 1m1ms, longer than",
            })
    void valuesThatAreWrongTogether_areRefused(String values, String message) {
        assertThat(Chart.refusal(values)).contains(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "autoscaling: {enabled: true, minReplicas: 9} | autoscaling.minReplicas is 9, more than",
                "autoscaling: {enabled: true, keda: {enabled: true}} | autoscaling.keda.serverAddress is empty",
                "autoscaling: {enabled: true, keda: {enabled: true, serverAddress: 'http://a'}} | autoscaling.keda.query is empty and serviceMonitor.enabled is false",
                "autoscaling: {enabled: true, maxReplicas: 2, keda: {enabled: true, serverAddress: 'http://a', query: b}} | autoscaling.keda.fallbackReplicas is 3, more than",
                "autoscaling: {enabled: true, targetCPUUtilizationPercentage: 0} | there is nothing to scale by",
                "autoscaling: {keda: {enabled: true}} | autoscaling.keda.enabled has no effect",
                "training: {enabled: true, name: a, preset: demo, settings: {a: b}} | are both set",
            })
    void valuesThatAreWrongTogether_withADatabase_areRefused(String values, String message) {
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
    void rightValues_areTaken(String values) {
        assertThat(Chart.with(values).objects()).isNotEmpty();
    }
}

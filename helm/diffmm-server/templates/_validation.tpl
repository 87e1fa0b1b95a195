{{/* What a schema cannot say: values that are right by themselves and wrong together. */}}
{{- define "diffmm-server.validate" -}}
{{- include "diffmm-server.validateName" . }}
{{- include "diffmm-server.validateReplicas" . }}
{{- include "diffmm-server.validateDatabase" . }}
{{- include "diffmm-server.validateShutdown" . }}
{{- include "diffmm-server.validateRouting" . }}
{{- include "diffmm-server.validateTraining" . }}
{{- include "diffmm-server.validateCanary" . }}
{{- include "diffmm-server.validateConfig" . }}
{{- include "diffmm-server.validateMonitoring" . }}
{{- end }}

{{/* A release may be called what a Service may not. */}}
{{- define "diffmm-server.validateName" -}}
{{- $fullname := include "diffmm-server.fullname" . }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
{{- fail (printf "a Service cannot be called %s, which is made of the release's name: it must begin with a letter and have no dots, so set fullnameOverride" $fullname) }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateReplicas" -}}
{{- if and (include "diffmm-server.embedded" .) (include "diffmm-server.severalPods" .) }}
{{- fail "several replicas cannot share the embedded database: set postgresql.url, or replicaCount to 1 and autoscaling.enabled to false" }}
{{- end }}
{{- with .Values.autoscaling }}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) }}
{{- fail (printf "autoscaling.minReplicas is %d, more than autoscaling.maxReplicas, which is %d" (int .minReplicas) (int .maxReplicas)) }}
{{- end }}
{{- if and .enabled .keda.enabled (not .keda.serverAddress) }}
{{- fail "autoscaling.keda.serverAddress is empty: KEDA asks Prometheus for the depth of the queue, so give its URL" }}
{{- end }}
{{- if and .enabled .keda.enabled (not .keda.query) (not $.Values.serviceMonitor.enabled) }}
{{- fail "autoscaling.keda.query is empty and serviceMonitor.enabled is false: the chart's own query needs the labels of that monitor, so set either" }}
{{- end }}
{{- if and .enabled .keda.enabled (gt (int .keda.fallbackReplicas) (int .maxReplicas)) }}
{{- fail (printf "autoscaling.keda.fallbackReplicas is %d, more than autoscaling.maxReplicas, which is %d" (int .keda.fallbackReplicas) (int .maxReplicas)) }}
{{- end }}
{{- if and .enabled (not .keda.enabled) (not .targetCPUUtilizationPercentage) }}
{{- fail "autoscaling.targetCPUUtilizationPercentage is 0 and autoscaling.keda.enabled is false: there is nothing to scale by" }}
{{- end }}
{{- if and .keda.enabled (not .enabled) }}
{{- fail "autoscaling.keda.enabled has no effect while autoscaling.enabled is false: set both" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateDatabase" -}}
{{- if regexMatch "[?&](user|password)=" .Values.postgresql.url }}
{{- fail "postgresql.url has a user or password, which everybody could read who may read ConfigMaps: put them into a Secret, and name it in postgresql.existingSecret" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateShutdown" -}}
{{- $needed := add .Values.shutdown.preStopSeconds .Values.shutdown.gracefulSeconds }}
{{- if le (int .Values.terminationGracePeriodSeconds) (int $needed) }}
{{- fail (printf "terminationGracePeriodSeconds is %d; it must be more than shutdown.preStopSeconds and shutdown.gracefulSeconds together, which are %d, or requests are lost" (int .Values.terminationGracePeriodSeconds) (int $needed)) }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateRouting" -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.parentRefs is empty: name the Gateway that the route is attached to" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.hosts is empty: name the hosts and paths that are to be reached" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateTraining" -}}
{{- if .Values.training.enabled }}
{{- if not (include "diffmm-server.trainingName" .) }}
{{- fail "training.enabled needs a name to publish under: set artifacts.name, or training.name" }}
{{- end }}
{{- if not (include "diffmm-server.artifactsDirectory" .) }}
{{- fail "training.enabled needs a place to publish to: set artifacts.persistence.enabled, or artifacts.s3.bucket" }}
{{- end }}
{{- if and .Values.training.interactions (not .Values.postgresql.url) (not .Values.training.dataset.existingClaim) }}
{{- fail "training.enabled needs data: set postgresql.url, since the embedded database cannot be read from another pod, or training.dataset.existingClaim" }}
{{- end }}
{{- if not (or .Values.training.interactions .Values.training.dataset.existingClaim) }}
{{- fail "training.enabled needs data: set training.interactions to true, or training.dataset.existingClaim" }}
{{- end }}
{{- if and .Values.training.preset .Values.training.settings }}
{{- fail "training.preset and training.settings are both set: name the preset in the settings, as `preset: ...`" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateCanary" -}}
{{- if and .Values.canary.share (not .Values.canary.version) }}
{{- fail "canary.share is set and canary.version is not: name the version that the share is given" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateConfig" -}}
{{- $owned := dict
    "server.port" "the pods listen on 8080; see service.port"
    "management.server.port" "probes, monitor and NetworkPolicies ask 8080"
    "management.endpoints.web.base-path" "probes and monitor ask /actuator"
    "management.endpoint.artifacts.access" "see artifacts.endpointAccess"
    "management.opentelemetry.tracing.export.otlp.endpoint" "see otlp.endpoint"
    "management.tracing.sampling.probability" "see otlp.sampling"
    "spring.datasource" "see postgresql"
    "spring.lifecycle.timeout-per-shutdown-phase" "see shutdown.gracefulSeconds"
    "diffmm.device" "see gpu.enabled"
    "diffmm.interactions.directory" "see interactions.persistence"
    "diffmm.artifacts.directory" "see artifacts"
    "diffmm.artifacts.name" "see artifacts.name"
    "diffmm.artifacts.keep" "see artifacts.keep"
    "diffmm.artifacts.cache" "see artifacts.s3.cacheSize"
    "diffmm.artifacts.s3" "see artifacts.s3"
    "diffmm.canary" "see canary" }}
{{- range $path := splitList "\n" (include "diffmm-server.paths" (dict "prefix" "" "node" .Values.config)) }}
{{- $set := include "diffmm-server.property" $path }}
{{- range $name, $instead := $owned }}
{{- $key := include "diffmm-server.property" $name }}
{{- if or (eq $set $key) (hasPrefix (printf "%s." $key) $set) }}
{{- fail (printf "config sets %s, which has a value of its own: %s" $path $instead) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* A property in one spelling of the several that Spring takes: `base-path`, `basePath`, `base_path`. */}}
{{- define "diffmm-server.property" -}}
{{- regexReplaceAll "[-_]" . "" | lower }}
{{- end }}

{{- define "diffmm-server.validateMonitoring" -}}
{{- with .Values.serviceMonitor }}
{{- $timeout := include "diffmm-server.milliseconds" .scrapeTimeout | int64 }}
{{- if gt $timeout (include "diffmm-server.milliseconds" .interval | int64) }}
{{- fail (printf "serviceMonitor.scrapeTimeout is %s, longer than serviceMonitor.interval, which is %s: Prometheus would refuse the monitor" .scrapeTimeout .interval) }}
{{- end }}
{{- end }}
{{- end }}

{{/* How long a duration such as `1m30s` is. */}}
{{- define "diffmm-server.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 }}
{{- $sum := 0 }}
{{- range regexFindAll "[0-9]+(ms|s|m|h)" . -1 }}
{{- $sum = add $sum (mul (regexFind "^[0-9]+" .) (get $units (regexFind "[a-z]+$" .))) }}
{{- end }}
{{- $sum }}
{{- end }}

{{/* The properties in `node`, one a line, each in full. */}}
{{- define "diffmm-server.paths" -}}
{{- range $key, $value := .node }}
{{- $path := printf "%s%s" $.prefix $key }}
{{- if kindIs "map" $value }}
{{- include "diffmm-server.paths" (dict "prefix" (printf "%s." $path) "node" $value) }}
{{- else }}
{{- $path }}
{{ end }}
{{- end }}
{{- end }}

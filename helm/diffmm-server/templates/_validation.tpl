{{/* Validation of combinations of values, which a JSON schema cannot express. */}}
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

{{/* Valid release names include names that are invalid for a Service. */}}
{{- define "diffmm-server.validateName" -}}
{{- $fullname := include "diffmm-server.fullname" . }}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $fullname) }}
{{- fail (printf "%s, generated from the release name, is not a valid Service name: a Service name begins with a letter and contains no dots; set fullnameOverride" $fullname) }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateReplicas" -}}
{{- if and (include "diffmm-server.embedded" .) (include "diffmm-server.severalPods" .) }}
{{- $several := ternary "autoscaling.enabled is true" (printf "replicaCount is %d" (int .Values.replicaCount)) .Values.autoscaling.enabled }}
{{- fail (printf "%s, but replicas cannot share the embedded database: set postgresql.url, or set replicaCount to 1 and autoscaling.enabled to false" $several) }}
{{- end }}
{{- with .Values.autoscaling }}
{{- if and .enabled (gt (int .minReplicas) (int .maxReplicas)) }}
{{- fail (printf "autoscaling.minReplicas is %d, greater than autoscaling.maxReplicas, which is %d" (int .minReplicas) (int .maxReplicas)) }}
{{- end }}
{{- if and .enabled .keda.enabled (not .keda.serverAddress) }}
{{- fail "autoscaling.keda.serverAddress is empty: KEDA queries Prometheus for the queue depth; set the URL of Prometheus" }}
{{- end }}
{{- if and .enabled .keda.enabled (not .keda.query) (not $.Values.serviceMonitor.enabled) }}
{{- fail "autoscaling.keda.query is empty and serviceMonitor.enabled is false: the default query requires the labels that the ServiceMonitor sets; set one of the two" }}
{{- end }}
{{- if and .enabled .keda.enabled (gt (int .keda.fallbackReplicas) (int .maxReplicas)) }}
{{- fail (printf "autoscaling.keda.fallbackReplicas is %d, greater than autoscaling.maxReplicas, which is %d" (int .keda.fallbackReplicas) (int .maxReplicas)) }}
{{- end }}
{{- if and .enabled (not .keda.enabled) (not .targetCPUUtilizationPercentage) }}
{{- fail "autoscaling.targetCPUUtilizationPercentage is 0 and autoscaling.keda.enabled is false: autoscaling requires at least one metric; set one of the two" }}
{{- end }}
{{- if and .keda.enabled (not .enabled) }}
{{- fail "autoscaling.keda.enabled is true and autoscaling.enabled is false: KEDA has no effect without autoscaling; set both to true" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateDatabase" -}}
{{- if regexMatch "[?&](user|password)=" .Values.postgresql.url }}
{{- fail "postgresql.url contains a user or password, which would be stored in a ConfigMap: store both in a Secret and set postgresql.existingSecret to its name" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateShutdown" -}}
{{- $needed := add .Values.shutdown.preStopSeconds .Values.shutdown.gracefulSeconds }}
{{- if le (int .Values.terminationGracePeriodSeconds) (int $needed) }}
{{- fail (printf "terminationGracePeriodSeconds is %d; it must be greater than the sum of shutdown.preStopSeconds and shutdown.gracefulSeconds, which is %d, or active requests are lost" (int .Values.terminationGracePeriodSeconds) (int $needed)) }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateRouting" -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "httpRoute.parentRefs is empty: set the Gateway to attach the route to" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "ingress.hosts is empty: set the hosts and paths of the Ingress" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateTraining" -}}
{{- if .Values.training.enabled }}
{{- if not (include "diffmm-server.trainingName" .) }}
{{- fail "training.enabled is true, but the published model has no name: set artifacts.name or training.name" }}
{{- end }}
{{- if not (include "diffmm-server.artifactsDirectory" .) }}
{{- fail "training.enabled is true, but there is no storage to publish to: set artifacts.persistence.enabled or artifacts.s3.bucket" }}
{{- end }}
{{- if and .Values.training.interactions (not .Values.postgresql.url) (not .Values.training.dataset.existingClaim) }}
{{- fail "training.enabled is true, but there is no data to train on: set postgresql.url, because training pods cannot read the embedded database, or training.dataset.existingClaim" }}
{{- end }}
{{- if not (or .Values.training.interactions .Values.training.dataset.existingClaim) }}
{{- fail "training.enabled is true, but there is no data to train on: set training.interactions to true or set training.dataset.existingClaim" }}
{{- end }}
{{- if and .Values.training.preset .Values.training.settings }}
{{- fail "training.preset and training.settings are both set: set the preset in training.settings, as `preset: ...`" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateCanary" -}}
{{- if and .Values.canary.share (not .Values.canary.version) }}
{{- fail "canary.share is set, but canary.version is empty: set the version to serve to this share of the users" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.validateConfig" -}}
{{- $owned := dict
    "server.port" "containers listen on 8080; use service.port"
    "management.server.port" "probes, ServiceMonitor and NetworkPolicies use port 8080; remove it"
    "management.endpoints.web.base-path" "probes and ServiceMonitor use /actuator; remove it"
    "management.endpoint.artifacts.access" "use artifacts.endpointAccess"
    "management.opentelemetry.tracing.export.otlp.endpoint" "use otlp.endpoint"
    "management.tracing.sampling.probability" "use otlp.sampling"
    "spring.datasource" "use postgresql"
    "spring.lifecycle.timeout-per-shutdown-phase" "use shutdown.gracefulSeconds"
    "diffmm.device" "use gpu.enabled"
    "diffmm.interactions.directory" "use interactions.persistence"
    "diffmm.artifacts.directory" "use artifacts"
    "diffmm.artifacts.name" "use artifacts.name"
    "diffmm.artifacts.keep" "use artifacts.keep"
    "diffmm.artifacts.cache" "use artifacts.s3.cacheSize"
    "diffmm.artifacts.s3" "use artifacts.s3"
    "diffmm.canary" "use canary" }}
{{- range $path := splitList "\n" (include "diffmm-server.paths" (dict "prefix" "" "node" .Values.config)) }}
{{- $set := include "diffmm-server.property" $path }}
{{- range $name, $instead := $owned }}
{{- $key := include "diffmm-server.property" $name }}
{{- if or (eq $set $key) (hasPrefix (printf "%s." $key) $set) }}
{{- fail (printf "config contains %s, which the chart sets: %s" $path $instead) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Canonical form of a property name; Spring accepts `base-path`, `basePath` and `base_path`. */}}
{{- define "diffmm-server.property" -}}
{{- regexReplaceAll "[-_]" . "" | lower }}
{{- end }}

{{- define "diffmm-server.validateMonitoring" -}}
{{- with .Values.serviceMonitor }}
{{- $timeout := include "diffmm-server.milliseconds" .scrapeTimeout | int64 }}
{{- if gt $timeout (include "diffmm-server.milliseconds" .interval | int64) }}
{{- fail (printf "serviceMonitor.scrapeTimeout is %s, longer than serviceMonitor.interval, which is %s: Prometheus would reject the ServiceMonitor; decrease the timeout" .scrapeTimeout .interval) }}
{{- end }}
{{- end }}
{{- end }}

{{/* Milliseconds of a duration such as `1m30s`. */}}
{{- define "diffmm-server.milliseconds" -}}
{{- $units := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 }}
{{- $sum := 0 }}
{{- range regexFindAll "[0-9]+(ms|s|m|h)" . -1 }}
{{- $sum = add $sum (mul (regexFind "^[0-9]+" .) (get $units (regexFind "[a-z]+$" .))) }}
{{- end }}
{{- $sum }}
{{- end }}

{{/* Full names of the properties in `node`, one per line. */}}
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

{{/* application.yaml of serving pods: properties set from chart values, merged with those of `config`. */}}
{{- define "diffmm-server.config" -}}
{{- $own := include "diffmm-server.ownConfig" . | fromYaml }}
{{- mergeOverwrite $own (deepCopy .Values.config) | toYaml }}
{{- end }}

{{- define "diffmm-server.ownConfig" -}}
server:
  port: 8080
spring:
  lifecycle:
    timeout-per-shutdown-phase: {{ printf "%ds" (int .Values.shutdown.gracefulSeconds) }}
  {{- with .Values.postgresql.url }}
  datasource:
    url: {{ quote . }}
  {{- end }}
management:
  endpoint:
    artifacts:
      access: {{ .Values.artifacts.endpointAccess }}
  {{- with .Values.otlp.endpoint }}
  opentelemetry:
    tracing:
      export:
        otlp:
          endpoint: {{ quote . }}
  tracing:
    sampling:
      probability: {{ $.Values.otlp.sampling }}
  {{- end }}
diffmm:
  device: {{ ternary "gpu" "auto" .Values.gpu.enabled }}
  {{- if include "diffmm-server.embedded" . }}
  interactions:
    directory: /data
  {{- end }}
  artifacts:
    keep: {{ .Values.artifacts.keep }}
    {{- with .Values.artifacts.name }}
    name: {{ quote . }}
    {{- end }}
  {{- with .Values.canary }}
  {{- if .version }}
  canary:
    version: {{ quote .version }}
    share: {{ .share }}
  {{- end }}
  {{- end }}
{{- end }}

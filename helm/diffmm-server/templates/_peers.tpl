{{/* Ingress rules of serving pods. Without peers the rule is omitted, because a rule without peers admits all traffic. */}}
{{- define "diffmm-server.serverIngress" -}}
{{- $policy := .Values.networkPolicy }}
{{- $routed := or .Values.ingress.enabled .Values.httpRoute.enabled }}
{{- with concat $policy.clients (ternary $policy.ingressController list $routed) $policy.prometheus -}}
- ports:
    - protocol: TCP
      port: http
  from:
    {{- toYaml . | nindent 4 }}
{{ end -}}
{{- with $policy.extraIngress }}
{{- toYaml . }}
{{- end }}
{{- end }}

{{- define "diffmm-server.serverEgress" -}}
{{- include "diffmm-server.commonEgress" . }}
{{- with .Values.otlp.endpoint }}
{{ include "diffmm-server.egress" (dict "to" $.Values.networkPolicy.otlp "ports" (include "diffmm-server.urlPorts" .)) }}
{{- end }}
{{- end }}

{{/* Egress rules common to serving and training pods: DNS, database and bucket. */}}
{{- define "diffmm-server.commonEgress" -}}
{{- $policy := .Values.networkPolicy }}
{{- with $policy.dns -}}
{{ include "diffmm-server.dns" . }}
{{- end }}
{{- with .Values.postgresql.url }}
{{ include "diffmm-server.egress" (dict "to" $policy.postgresql "ports" (include "diffmm-server.ports" (dict "url" . "default" "5432"))) }}
{{- end }}
{{- if include "diffmm-server.onBucket" . }}
{{ include "diffmm-server.egress" (dict "to" $policy.s3 "ports" (include "diffmm-server.bucketPorts" .)) }}
{{- end }}
{{- with $policy.extraEgress }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "diffmm-server.dns" -}}
- to:
    {{- toYaml . | nindent 4 }}
  ports:
    - protocol: UDP
      port: 53
    - protocol: TCP
      port: 53
{{- end }}

{{/* Ports of the bucket endpoint. Without an access key in a Secret, also that of the token service of the service account. */}}
{{- define "diffmm-server.bucketPorts" -}}
{{- with .Values.artifacts.s3 }}
{{- if .endpoint }}
{{- include "diffmm-server.urlPorts" .endpoint }}
{{- end }}
{{- if or (not .endpoint) (not .existingSecret) }}
443
{{- end }}
{{- end }}
{{- end }}

{{- define "diffmm-server.urlPorts" -}}
{{- include "diffmm-server.ports" (dict "url" . "default" (ternary "443" "80" (hasPrefix "https:" .))) }}
{{- end }}

{{/* Egress rule for TCP `ports`, one per line; any destination if `to` is empty. */}}
{{- define "diffmm-server.egress" -}}
- ports:
    {{- range splitList "\n" .ports | compact | uniq }}
    - protocol: TCP
      port: {{ trim . }}
    {{- end }}
  {{- with .to }}
  to:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}

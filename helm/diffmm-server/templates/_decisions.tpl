{{/* Conditions derived from the values: `true`, or empty if false. */}}

{{- define "diffmm-server.embedded" -}}
{{- if not .Values.postgresql.url }}true{{ end }}
{{- end }}

{{- define "diffmm-server.onBucket" -}}
{{- if .Values.artifacts.s3.bucket }}true{{ end }}
{{- end }}

{{- define "diffmm-server.onVolume" -}}
{{- if and .Values.artifacts.persistence.enabled (not (include "diffmm-server.onBucket" .)) }}true{{ end }}
{{- end }}

{{- define "diffmm-server.keepsInteractions" -}}
{{- if and (include "diffmm-server.embedded" .) .Values.interactions.persistence.enabled }}true{{ end }}
{{- end }}

{{/* True if the models are on a claim of this chart that only pods on one node can mount. */}}
{{- define "diffmm-server.modelsOnOneNode" -}}
{{- $claim := .Values.artifacts.persistence }}
{{- $shared := or (has "ReadWriteMany" $claim.accessModes) (has "ReadOnlyMany" $claim.accessModes) }}
{{- if and (include "diffmm-server.onVolume" .) (not $claim.existingClaim) (not $shared) }}true{{ end }}
{{- end }}

{{- define "diffmm-server.severalPods" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicaCount) 1) }}true{{ end }}
{{- end }}

{{- define "diffmm-server.artifactsDirectory" -}}
{{- if include "diffmm-server.onBucket" . }}
{{- printf "s3://%s/%s" .Values.artifacts.s3.bucket .Values.artifacts.s3.prefix | trimSuffix "/" }}
{{- else if include "diffmm-server.onVolume" . -}}
/artifacts
{{- end }}
{{- end }}

{{- define "diffmm-server.trainingName" -}}
{{- default .Values.artifacts.name .Values.training.name }}
{{- end }}

{{/* Ports of the hosts in `url`, one per line; `default` for a host without a port. */}}
{{- define "diffmm-server.ports" -}}
{{- $hosts := regexReplaceAll "^[a-z0-9:]+://([^/?]*).*$" .url "${1}" }}
{{- range splitList "," $hosts }}
{{- regexFind ":[0-9]+$" . | trimPrefix ":" | default $.default }}
{{ end }}
{{- end }}

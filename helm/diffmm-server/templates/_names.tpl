{{- define "diffmm-server.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 43 | trimSuffix "-" }}
{{- end }}

{{/* At most 43 characters: a CronJob name has at most 52, and `-training` has nine. */}}
{{- define "diffmm-server.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 43 | trimSuffix "-" }}
{{- else if contains $name .Release.Name }}
{{- .Release.Name | trunc 43 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 43 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "diffmm-server.releaseLabels" -}}
app.kubernetes.io/name: {{ include "diffmm-server.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{/* Selector labels of the pods of a component; parameters `root` and `component`. */}}
{{- define "diffmm-server.selectorLabels" -}}
{{ include "diffmm-server.releaseLabels" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* Pod labels, without the chart version: a new chart version would needlessly replace pods. `more` cannot override selector labels. */}}
{{- define "diffmm-server.podLabels" -}}
{{- $selected := include "diffmm-server.selectorLabels" . | fromYaml }}
{{- $standard := dict
    "app.kubernetes.io/version" .root.Chart.AppVersion
    "app.kubernetes.io/part-of" (include "diffmm-server.name" .root)
    "app.kubernetes.io/managed-by" .root.Release.Service }}
{{- merge $selected $standard (default dict .more) .root.Values.commonLabels | toYaml }}
{{- end }}

{{/* Labels of all objects. */}}
{{- define "diffmm-server.labels" -}}
{{- $chart := printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- merge (dict "helm.sh/chart" $chart) (include "diffmm-server.podLabels" . | fromYaml) | toYaml }}
{{- end }}

{{- define "diffmm-server.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "diffmm-server.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "diffmm-server.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "diffmm-server.interactionsClaim" -}}
{{- default (printf "%s-interactions" (include "diffmm-server.fullname" .)) .Values.interactions.persistence.existingClaim }}
{{- end }}

{{- define "diffmm-server.artifactsClaim" -}}
{{- default (printf "%s-artifacts" (include "diffmm-server.fullname" .)) .Values.artifacts.persistence.existingClaim }}
{{- end }}

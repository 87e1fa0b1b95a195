{{- define "diffmm-server.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 43 | trimSuffix "-" }}
{{- end }}

{{/* At most 43 characters: the name of a CronJob may have 52, of which `-training` takes nine. */}}
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

{{/* Labels of every object; the component is given as `component` beside `root`. */}}
{{- define "diffmm-server.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "diffmm-server.podLabels" . }}
{{- end }}

{{/* Labels of pods: the same without the chart's version, which would replace them for nothing. */}}
{{- define "diffmm-server.podLabels" -}}
{{ include "diffmm-server.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: {{ include "diffmm-server.name" .root | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "diffmm-server.releaseLabels" -}}
app.kubernetes.io/name: {{ include "diffmm-server.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "diffmm-server.selectorLabels" -}}
{{ include "diffmm-server.releaseLabels" .root }}
app.kubernetes.io/component: {{ .component }}
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

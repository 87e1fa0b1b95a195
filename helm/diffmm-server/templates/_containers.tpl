{{/* What containers of serving and training have in common. */}}

{{/*
The JVM's options; `percentage` of the memory limit is heap. Both the JVM and the numerical library would count the
processors of the node, so they are told the pod's: its limit, else what it requests, rounded up.
*/}}
{{- define "diffmm-server.jvmEnv" -}}
{{- $options := list (printf "-XX:MaxRAMPercentage=%v" .percentage) }}
{{- $limited := hasKey (default dict .resources.limits) "cpu" }}
{{- if or $limited (hasKey (default dict .resources.requests) "cpu") }}
{{- $options = append $options "-XX:ActiveProcessorCount=$(OMP_NUM_THREADS)" -}}
- name: OMP_NUM_THREADS
  valueFrom:
    resourceFieldRef:
      containerName: {{ .container }}
      resource: {{ ternary "limits.cpu" "requests.cpu" $limited }}
      divisor: "1"
{{ end -}}
- name: JAVA_TOOL_OPTIONS
  value: {{ concat $options .root.Values.jvm.options | join " " | quote }}
{{- end }}

{{- define "diffmm-server.databaseEnv" -}}
{{- with .Values.postgresql }}
{{- if and .url .existingSecret -}}
- name: SPRING_DATASOURCE_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret | quote }}
      key: {{ .usernameKey | quote }}
- name: SPRING_DATASOURCE_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret | quote }}
      key: {{ .passwordKey | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* Where models are. The image says so by this variable, which goes before any file. */}}
{{- define "diffmm-server.artifactsEnv" -}}
{{- with include "diffmm-server.artifactsDirectory" . -}}
- name: DIFFMM_ARTIFACTS_DIRECTORY
  value: {{ quote . }}
{{- end }}
{{- end }}

{{/* As variables, since training reads no application.yaml. */}}
{{- define "diffmm-server.bucketEnv" -}}
{{- if include "diffmm-server.onBucket" . }}
{{- with .Values.artifacts.s3 -}}
- name: DIFFMM_ARTIFACTS_CACHE
  value: /cache
- name: DIFFMM_ARTIFACTS_S3_PATHSTYLE
  value: {{ .pathStyle | quote }}
{{- with .endpoint }}
- name: DIFFMM_ARTIFACTS_S3_ENDPOINT
  value: {{ quote . }}
{{- end }}
{{- with .region }}
- name: DIFFMM_ARTIFACTS_S3_REGION
  value: {{ quote . }}
{{- end }}
{{- if .existingSecret }}
- name: AWS_ACCESS_KEY_ID
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret | quote }}
      key: {{ .accessKeyIdKey | quote }}
- name: AWS_SECRET_ACCESS_KEY
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret | quote }}
      key: {{ .secretAccessKeyKey | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Resources, with a GPU where `gpu` says so. */}}
{{- define "diffmm-server.resources" -}}
{{- $resources := deepCopy .resources }}
{{- if .gpu }}
{{- $limits := default dict $resources.limits }}
{{- $_ := set $limits .root.Values.gpu.resource (int .root.Values.gpu.count) }}
{{- $_ := set $resources "limits" $limits }}
{{- end }}
{{- toYaml $resources }}
{{- end }}

{{/* What pods of serving and training say of themselves alike. */}}
{{- define "diffmm-server.podIdentity" -}}
{{- with .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{ end -}}
serviceAccountName: {{ include "diffmm-server.serviceAccountName" . | quote }}
automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
{{/* Variables of Services would be taken for properties: DIFFMM_CACHE_PORT, of one that is called diffmm-cache. */ -}}
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end }}

{{/* Parts common to serving and training containers. */}}

{{/*
JVM options; `percentage` is the share of the memory limit for the heap. The JVM and the numerical library would otherwise
use the CPU count of the node. They get the CPU limit of the container, or its CPU request without a limit, rounded up.
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

{{/* Location of models. An environment variable, because that of the image takes precedence over configuration files. */}}
{{- define "diffmm-server.artifactsEnv" -}}
{{- with include "diffmm-server.artifactsDirectory" . -}}
- name: DIFFMM_ARTIFACTS_DIRECTORY
  value: {{ quote . }}
{{- end }}
{{- end }}

{{/* Settings of the bucket as environment variables, because training does not read application.yaml. */}}
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

{{/* Resources of a container, with GPUs if `gpu` is true. */}}
{{- define "diffmm-server.resources" -}}
{{- $resources := deepCopy .resources }}
{{- if .gpu }}
{{- $limits := default dict $resources.limits }}
{{- $_ := set $limits .root.Values.gpu.resource (int .root.Values.gpu.count) }}
{{- $_ := set $resources "limits" $limits }}
{{- end }}
{{- toYaml $resources }}
{{- end }}

{{/* Pod settings common to serving, training and test pods. */}}
{{- define "diffmm-server.podIdentity" -}}
{{- with .Values.imagePullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{ end -}}
serviceAccountName: {{ include "diffmm-server.serviceAccountName" . | quote }}
automountServiceAccountToken: {{ .Values.serviceAccount.automount }}
{{/* Environment variables of Services would be bound to properties, for example DIFFMM_CACHE_PORT of a Service diffmm-cache. */ -}}
enableServiceLinks: false
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end }}

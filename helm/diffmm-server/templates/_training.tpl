{{- define "diffmm-server.trainingPod" -}}
{{- $training := .Values.training -}}
{{ include "diffmm-server.podIdentity" . }}
restartPolicy: Never
terminationGracePeriodSeconds: {{ $training.terminationGracePeriodSeconds | int64 }}
{{- if and $training.gpu .Values.gpu.runtimeClassName }}
runtimeClassName: {{ .Values.gpu.runtimeClassName | quote }}
{{- end }}
{{- with $training.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
containers:
  - name: training
    image: {{ include "diffmm-server.image" . | quote }}
    imagePullPolicy: {{ .Values.image.pullPolicy }}
    args:
      {{- include "diffmm-server.trainingArgs" . | nindent 6 }}
    env:
      {{- include "diffmm-server.jvmEnv" (dict "root" . "container" "training" "resources" $training.resources "percentage" $training.maxRamPercentage) | nindent 6 }}
      {{- with include "diffmm-server.databaseEnv" . }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with include "diffmm-server.bucketEnv" . }}
      {{- . | nindent 6 }}
      {{- end }}
      {{- with .Values.extraEnv }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    {{- with .Values.extraEnvFrom }}
    envFrom:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    resources:
      {{- include "diffmm-server.resources" (dict "root" . "resources" $training.resources "gpu" $training.gpu) | nindent 6 }}
    securityContext:
      {{- toYaml .Values.securityContext | nindent 6 }}
    volumeMounts:
      {{- include "diffmm-server.trainingMounts" . | nindent 6 }}
volumes:
  {{- include "diffmm-server.trainingVolumes" . | nindent 2 }}
{{- with $training.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $training.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $training.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "diffmm-server.trainingArgs" -}}
- train
{{- if include "diffmm-server.trainsOnInteractions" . }}
- --data
- {{ quote .Values.postgresql.url }}
{{- end }}
{{- if .Values.training.dataset.existingClaim }}
- --data
- {{ printf "/dataset/%s" .Values.training.dataset.path | trimSuffix "/" | quote }}
{{- end }}
- --artifacts
- {{ include "diffmm-server.artifactsDirectory" . | quote }}
- --name
- {{ include "diffmm-server.trainingName" . | quote }}
- --model
- {{ .Values.training.model }}
- --tolerance
- {{ .Values.training.tolerance | quote }}
- --device
- {{ ternary "gpu" "auto" .Values.training.gpu }}
{{- if .Values.training.settings }}
- --config
- /settings/settings.yaml
{{- else if .Values.training.preset }}
- --config
- {{ .Values.training.preset | quote }}
{{- end }}
{{- with .Values.training.extraArgs }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "diffmm-server.trainsOnInteractions" -}}
{{- if and .Values.training.interactions .Values.postgresql.url }}true{{ end }}
{{- end }}

{{- define "diffmm-server.trainingMounts" -}}
- name: tmp
  mountPath: /tmp
{{- if include "diffmm-server.onVolume" . }}
- name: artifacts
  mountPath: /artifacts
{{- end }}
{{- if include "diffmm-server.onBucket" . }}
- name: cache
  mountPath: /cache
{{- end }}
{{- if .Values.training.dataset.existingClaim }}
- name: dataset
  mountPath: /dataset
  readOnly: true
{{- end }}
{{- if .Values.training.settings }}
- name: settings
  mountPath: /settings
  readOnly: true
{{- end }}
{{- end }}

{{- define "diffmm-server.trainingVolumes" -}}
- name: tmp
  emptyDir:
    sizeLimit: {{ .Values.tmpSize | quote }}
{{- if include "diffmm-server.onVolume" . }}
- name: artifacts
  persistentVolumeClaim:
    claimName: {{ include "diffmm-server.artifactsClaim" . | quote }}
{{- end }}
{{- if include "diffmm-server.onBucket" . }}
- name: cache
  emptyDir:
    sizeLimit: {{ .Values.artifacts.s3.cacheSize | quote }}
{{- end }}
{{- with .Values.training.dataset.existingClaim }}
- name: dataset
  persistentVolumeClaim:
    claimName: {{ . | quote }}
{{- end }}
{{- if .Values.training.settings }}
- name: settings
  configMap:
    name: {{ include "diffmm-server.fullname" . }}-training
{{- end }}
{{- end }}

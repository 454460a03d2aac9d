{{/* Labels of everything that belongs to one site. Call with (dict "root" $ "site" .). */}}
{{- define "archbridge.labels" -}}
app.kubernetes.io/name: archbridge-import
app.kubernetes.io/instance: {{ .root.Release.Name }}
archbridge.site: {{ .site.name }}
{{- end }}

{{/* What every pod has, whatever it does: no root, no rights, nothing to write but its volumes. */}}
{{- define "archbridge.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "archbridge.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end }}

{{- define "archbridge.stateVolume" -}}
- name: state
  {{- if .Values.state.claim }}
  persistentVolumeClaim:
    claimName: {{ .Values.state.claim }}
  {{- else }}
  emptyDir:
    sizeLimit: 1Gi
  {{- end }}
{{- end }}

{{/* Variables for a user name and a password from a Secret. Call with (dict "secret" NAME "prefix" "ARCHBRIDGE"). */}}
{{- define "archbridge.login" -}}
- name: {{ .prefix }}_USERNAME
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: username
- name: {{ .prefix }}_PASSWORD
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: password
{{- end }}

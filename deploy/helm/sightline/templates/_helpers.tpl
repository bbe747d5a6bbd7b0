{{- /* What each service is: its port, command and image, the user that it is on the cluster, and how long it may take to
end. What reads the feeds is an ingest service of its own: two that read the same feeds would publish each article twice. */ -}}
{{- define "sightline.services" -}}
ingest: {port: 8080, command: [ingest], image: light, role: ingest, grace: 60}
{{- if .Values.ingest.feeds }}
feeds: {port: 8080, command: [ingest], image: light, role: ingest, grace: 60}
{{- end }}
processor: {port: 8081, command: [processor], image: processor, role: processor, grace: 60}
alerts: {port: 8082, command: [alerts], image: light, role: alerts, grace: 90}
notifier: {port: 8083, command: [notify], image: light, role: notifier, grace: 60}
{{- end -}}

{{- define "sightline.name" -}}
{{- if contains "sightline" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-sightline" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end -}}

{{- /* Of one service: dict root, service. */ -}}
{{- define "sightline.selector" -}}
app.kubernetes.io/name: sightline
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .service }}
{{- end -}}

{{- define "sightline.labels" -}}
{{ include "sightline.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{- define "sightline.image" -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ required "an image needs a tag or a digest" .tag }}{{ end -}}
{{- end -}}

{{- define "sightline.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "sightline.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* How a service reaches the cluster: dict root, role. Of Strimzi's users the name is the Secret's. */ -}}
{{- define "sightline.kafkaEnv" -}}
{{- $credentials := include "sightline.credentials" . }}
{{- with .root.Values.kafka }}
- {name: SIGHTLINE_KAFKA__BOOTSTRAP_SERVERS, value: {{ .bootstrapServers | quote }}}
- {name: SIGHTLINE_KAFKA__TOPIC_PREFIX, value: {{ .topicPrefix | quote }}}
- {name: SIGHTLINE_KAFKA__PARTITIONS, value: {{ .partitions | quote }}}
- {name: SIGHTLINE_KAFKA__REPLICATION_FACTOR, value: {{ .replicationFactor | quote }}}
- {name: SIGHTLINE_KAFKA__MAX_MESSAGE_BYTES, value: {{ int .maxMessageBytes | quote }}}
- {name: SIGHTLINE_KAFKA__CREATE_TOPICS, value: "false"}
- {name: SIGHTLINE_KAFKA__SECURITY_PROTOCOL, value: {{ .securityProtocol | quote }}}
{{- if .caSecret }}
- {name: SIGHTLINE_KAFKA__SSL_CA_FILE, value: /etc/sightline/kafka-ca/ca.crt}
{{- end }}
{{- end }}
{{- if hasPrefix "SASL" .root.Values.kafka.securityProtocol }}
{{- if not $credentials }}
{{- fail (printf "kafka.securityProtocol %s needs kafka.credentials.%s, or strimzi.users" .root.Values.kafka.securityProtocol .role) }}
{{- end }}
- {name: SIGHTLINE_KAFKA__SASL_MECHANISM, value: {{ .root.Values.kafka.saslMechanism | quote }}}
- name: SIGHTLINE_KAFKA__SASL_USERNAME
  {{- if index .root.Values.kafka.credentials .role }}
  valueFrom: {secretKeyRef: {name: {{ $credentials }}, key: username}}
  {{- else }}
  value: {{ $credentials | quote }}
  {{- end }}
- name: SIGHTLINE_KAFKA__SASL_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $credentials }}, key: password}}
{{- end }}
{{- end -}}

{{- /* The Secret with a role's user: dict root, role. With strimzi.users, Strimzi's. */ -}}
{{- define "sightline.credentials" -}}
{{- $given := index (.root.Values.kafka.credentials | default dict) .role | default "" -}}
{{- if $given }}{{ $given }}{{ else if .root.Values.strimzi.users }}{{ include "sightline.name" .root }}-{{ .role }}{{ end -}}
{{- end -}}

// The contents of the example packages: four charts with invented names, in the two folders of a real package.

const template = (name, values) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}-${name}
spec:
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name} }
    spec:
      containers:
        - name: ${name}
          image: "${values}"
`;

const split = (path) =>
  `{{ .Values.${path}.registry }}/{{ .Values.${path}.repository }}:{{ .Values.${path}.tag }}`;

const gauge = { reference: 'quay.io/meridian/gauge:1.8', note: 'Measures; two charts use this image.' };

/**
 * `files` are the chart's own files, `hints` become `.relok8s-images.yaml`, `images` what they name.
 * @type {{ folder: string, name: string, version: string, hints: string[], files: Record<string, string>,
 *   images: { reference: string, note: string, ballast?: number }[] }[]}
 */
export const charts = [
  {
    folder: 'addon',
    name: 'harvest',
    version: '1.2.0',
    hints: [
      '{{ .api.image.registry }}/{{ .api.image.repository }}:{{ .api.image.tag }}',
      '{{ .harvest-store.image.registry }}/{{ .harvest-store.image.repository }}:{{ .harvest-store.image.tag }}',
    ],
    images: [
      { reference: 'ghcr.io/harvest-home/api:v1.2.0', note: 'The service of the chart.', ballast: 24_000 },
      { reference: 'ghcr.io/harvest-home/store:v1.2.0', note: 'The store, deployed by the subchart.' },
    ],
    files: {
      'Chart.yaml': `# An application with a subchart
apiVersion: v2
name: harvest
version: 1.2.0
appVersion: "1.2"
description: Collects what the fields report
type: application
dependencies:
  - name: harvest-store
    version: 0.4.0
    repository: https://charts.harvest.example/stable
    condition: harvest-store.enabled
`,
      'values.yaml': `# the service
api:
  image:
    registry: ghcr.io
    repository: harvest-home/api
    tag: v1.2.0

harvest-store:
  enabled: true
  image:
    registry: ghcr.io # overrides the subchart's default
    repository: harvest-home/store
    tag: v1.2.0
`,
      'templates/api.yaml': template('api', split('api.image')),
      'charts/harvest-store/Chart.yaml': `apiVersion: v2
name: harvest-store
version: 0.4.0
description: Keeps what harvest collects
`,
      'charts/harvest-store/values.yaml': `enabled: true
image:
  registry: docker.io
  repository: harvest-home/store
  tag: latest
`,
      'charts/harvest-store/templates/store.yaml': template('store', split('image')),
    },
  },
  {
    folder: 'addon',
    name: 'lighthouse',
    version: '2.0.1+45',
    hints: ['{{ .lamp.registry }}/{{ .lamp.repository }}:{{ .lamp.tag }}', '{{ .gauge.image }}'],
    images: [{ reference: 'docker.io/pharos/lamp:2.0.1', note: 'Shines.', ballast: 12_000 }, gauge],
    files: {
      'Chart.yaml': `apiVersion: v2
name: lighthouse
version: 2.0.1+45
appVersion: 2.0.1
description: A version with build metadata, and a tag inside a value
`,
      'values.yaml': `# 灯塔的镜像
lamp:
  registry: docker.io
  repository: pharos/lamp
  tag: "2.0.1"
gauge:
  # 完整引用，标签在值里
  image: quay.io/meridian/gauge:1.8
`,
      'templates/lamp.yaml': template('lamp', split('lamp')),
      'templates/gauge.yaml': template('gauge', '{{ .Values.gauge.image }}'),
    },
  },
  {
    folder: 'community',
    name: 'almanac',
    version: 'v23.1.0',
    hints: ['{{ .almanac.registry }}/{{ .almanac.repository }}:{{ .almanac.tag }}'],
    images: [{ reference: 'docker.io/library/almanac:23', note: 'An image of one path segment.' }],
    files: {
      'Chart.yaml': `apiVersion: v2
name: almanac
version: v23.1.0
description: An image of one path segment
`,
      'values.yaml': `almanac:
  registry: docker.io
  repository: library/almanac
  tag: "23"
`,
      'templates/almanac.yaml': template('almanac', split('almanac')),
    },
  },
  {
    folder: 'community',
    name: 'meridian',
    version: '0.3.2',
    hints: ['{{ .image.repository }}:{{ .image.tag }}'],
    images: [gauge],
    files: {
      'Chart.yaml': `apiVersion: v2
name: meridian
version: 0.3.2
description: Registry and repository in one value
`,
      'values.yaml': `image:
  repository: quay.io/meridian/gauge
  tag: "1.8"
`,
      'templates/gauge.yaml': template('gauge', '{{ .Values.image.repository }}:{{ .Values.image.tag }}'),
    },
  },
];

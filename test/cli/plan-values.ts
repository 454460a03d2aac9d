// Plans for the tests of the command line.
import type { Plan, PlanChart, PlanImage } from '../../core/contract.js';
import { tagOf } from './values.js';

export function plannedImage(fields: Partial<PlanImage> = {}): PlanImage {
  const after = tagOf(['linux/amd64']);
  return {
    source: 'docker.io/library/nginx:1.0',
    sources: ['docker.io/library/nginx:1.0'],
    target: 'reg.local/nginx:1.0',
    platform: 'linux/amd64',
    digest: `sha256:${'cd'.repeat(32)}`,
    config: `sha256:${'ef'.repeat(32)}`,
    action: 'push',
    decision: null,
    reason: 'absent',
    package: 'addon-amd64.tar.gz',
    version: 'v0.11.0',
    created: '2023-07-02T08:00:00Z',
    bytes: 5_000_000,
    blobs: [],
    held: [],
    bundles: ['addon/nginx@10.2.0+738'],
    before: null,
    after,
    afterPlatforms: after.platforms,
    charts: ['addon/nginx@10.2.0+738'],
    problem: null,
    ...fields,
  };
}

export function plannedChart(fields: Partial<PlanChart> = {}): PlanChart {
  return {
    repo: 'addon',
    url: 'oci://reg.local/addon',
    name: 'nginx',
    version: '10.2.0+738',
    action: 'publish',
    reason: '',
    decision: null,
    before: null,
    changes: [{ path: 'image.registry', from: 'docker.io', to: 'reg.local' }],
    bytes: 40_000,
    problem: null,
    ...fields,
  };
}

export function planOf(fields: Partial<Plan> = {}): Plan {
  return {
    schema: 'archbridge.plan/1',
    made: '2024-05-01T10:00:00.000Z',
    tagsRead: '2024-05-01T10:00:00.000Z',
    packages: [
      {
        path: '/media/addon-amd64.tar.gz',
        name: 'addon-amd64.tar.gz',
        version: 'v0.11.0',
        arch: 'amd64',
        bytes: 15_300_000_000,
        sha512: null,
      },
    ],
    target: { kind: 'registry', location: 'https://reg.local', charts: ['oci://reg.local/{repo}'] },
    request: {
      selection: {},
      onChange: 'newer',
      onChartChange: 'auto',
      keepCharts: [],
      allowMislabelled: false,
      acceptUnproven: false,
      requirePlatforms: [],
    },
    blobs: [],
    images: [plannedImage()],
    charts: [plannedChart()],
    needs: {
      bytesToSend: 5_000_000_000,
      bytesPresent: 400_000_000,
      bytesShared: 900_000_000,
      chartBytes: 40_000,
      projects: [],
      space: [
        {
          kind: 'computer',
          where: '/var/lib/archbridge',
          free: 80_000_000_000,
          needed: 300_000,
          enough: true,
        },
      ],
    },
    coverage: { 'linux/amd64': { present: 0, after: 1, total: 1 } },
    weakened: [],
    problems: [],
    ...fields,
  };
}

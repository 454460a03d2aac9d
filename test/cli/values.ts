// Reports and problems for the tests of the command line.
import type {
  Inventory,
  Problem,
  Report,
  ReportChart,
  ReportImage,
  TagSummary,
} from '../../core/contract.js';

export const emptyInventory: Inventory = { schema: 'archbridge.inventory/1', packages: [], problems: [] };

export function problemOf(origin: Problem['origin'], code = `${origin}.something`): Problem {
  return { code, origin, params: {}, message: `${code} happened`, hint: 'do something', retryable: false };
}

export function tagOf(platforms: readonly string[]): TagSummary {
  return {
    digest: `sha256:${'ab'.repeat(32)}`,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    platforms,
  };
}

export function imageOf(fields: Partial<ReportImage>): ReportImage {
  return {
    source: 'docker.io/library/nginx:1.0',
    sources: ['docker.io/library/nginx:1.0'],
    target: 'docker.io/library/nginx:1.0',
    platform: 'linux/amd64',
    digest: `sha256:${'cd'.repeat(32)}`,
    config: `sha256:${'ef'.repeat(32)}`,
    action: 'push',
    reason: 'absent',
    package: 'addon-amd64.tar.gz',
    version: 'v0.11.0',
    before: null,
    after: tagOf(['linux/amd64']),
    problem: null,
    ...fields,
  };
}

export function chartOf(fields: Partial<ReportChart>): ReportChart {
  return {
    repo: 'addon',
    url: '/srv/store/charts',
    name: 'nginx',
    version: '10.2.0+738',
    action: 'publish',
    reason: '',
    digest: null,
    before: null,
    problem: null,
    ...fields,
  };
}

export function reportOf(fields: Partial<Report>): Report {
  return {
    schema: 'archbridge.report/1',
    run: 'run-1',
    kind: 'import',
    undoes: [],
    by: { user: 'admin', host: 'laptop', version: '0.1.0' },
    proof: null,
    receipt: null,
    result: 'done',
    started: '2024-05-01T10:00:00.000Z',
    ended: '2024-05-01T10:03:05.000Z',
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
    target: { kind: 'folder', location: '/srv/store', charts: ['/srv/store/charts'] },
    images: [],
    charts: [],
    coverage: {},
    totals: {
      bytesRead: 15_300_000_000,
      bytesSent: 5_000_000_000,
      chartBytesSent: 120_000,
      bytesMounted: 0,
      bytesSkipped: 400_000_000,
      seconds: 185,
      passes: 1,
      retries: 0,
      peakMemoryBytes: 90_000_000,
    },
    weakened: [],
    problems: [],
    ...fields,
  };
}

// Test support: comparisons for the tests of their words.
import type { Coverage, CoverageCell, CoverageImage, ImageVariant } from '../../core/contract.js';
import { summaryOf } from '../../core/report/compare/compare.js';
import { sortColumns } from '../../core/report/compare/platform-columns.js';

export function cellOf(state: CoverageCell['state'], fields: Partial<CoverageCell> = {}): CoverageCell {
  return {
    ...{
      state,
      stale: false,
      digest: null,
      from: 'target',
      version: '',
      created: null,
      bytes: 0,
      reason: '',
    },
    ...fields,
  };
}

export function rowOf(
  source: string,
  cells: CoverageImage['cells'],
  fields: Partial<CoverageImage> = {},
): CoverageImage {
  const held = Object.entries(cells).filter(([, { state }]) =>
    ['same', 'keep', 'replace', 'conflict'].includes(state),
  );
  return {
    ...{ source, sources: [source], target: `r.test/${source}`, charts: ['addon/web@1.0.0'], cells },
    ...{ before: held.map(([platform]) => platform), after: held.map(([platform]) => platform) },
    ...{ bytesToSend: 0, problem: null },
    ...fields,
  };
}

/** Platforms and summary are those of the rows. */
export function coverageOf(images: readonly CoverageImage[], fields: Partial<Coverage> = {}): Coverage {
  const platforms = sortColumns(images.flatMap(({ cells }) => Object.keys(cells)));
  return {
    ...{
      schema: 'archbridge.coverage/1',
      platforms,
      required: [],
      images,
      figures: null,
      detail: null,
      problems: [],
    },
    packages: [
      {
        path: '/media/addon-amd64.tar.gz',
        name: 'addon-amd64.tar.gz',
        version: '0.11.0',
        arch: 'amd64',
        bytes: 15_300_000_000,
        sha512: null,
      },
    ],
    target: { kind: 'registry', location: 'https://r.test', charts: [] },
    tagsRead: null,
    summary: Object.fromEntries(platforms.map((platform) => [platform, summaryOf(images, platform)])),
    ...fields,
  };
}

export function variantOf(fields: Partial<ImageVariant>): ImageVariant {
  return {
    ...{
      from: 'target',
      version: '0.9.0',
      platform: 'linux/amd64',
      created: '2023-07-02T08:00:00Z',
      bytes: 25_000_000,
    },
    ...{
      digest: `sha256:${'ab'.repeat(32)}`,
      config: `sha256:${'cd'.repeat(32)}`,
      mediaType: 'application/x',
    },
    layers: [{ digest: `sha256:${'ef'.repeat(32)}`, bytes: 24_000_000, shared: true, command: '' }],
    raw: { manifest: '{}', config: '{}' },
    ...{
      entrypoint: ['/bin/app'],
      command: [],
      env: ['PATH=/bin'],
      labels: {},
      user: '',
      workingDir: '',
      ports: [],
    },
    ...{ programs: 'linux/amd64', mislabelled: false },
    ...fields,
  };
}

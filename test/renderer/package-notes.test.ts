// The notes about a package before the import.
import { describe, expect, it } from 'vitest';
import type { InventoryImage, InventoryPackage, Problem } from '../../core/contract.js';
import { packageFacts } from '../../renderer/stores/packages/package-name.js';
import { packageNotes } from '../../renderer/stores/packages/package-notes.js';

function image(source: string, part: Partial<InventoryImage> = {}): InventoryImage {
  return {
    source,
    platform: 'linux/arm64',
    digest: '',
    config: '',
    mediaType: '',
    created: null,
    programs: 'linux/arm64',
    mislabelled: false,
    bytes: 1,
    layers: [],
    repo: 'addon',
    chart: 'c',
    named: true,
    problem: null,
    ...part,
  };
}

function notesOf(part: Partial<InventoryPackage>, name = 'addon-offline-full-package-v0.18.0-arm64.tar.gz') {
  const inventory: InventoryPackage = {
    path: `/p/${name}`,
    name,
    family: 'full',
    version: '',
    arch: '',
    bytes: 1,
    sha512: null,
    checksum: 'unknown',
    charts: [{ repo: '', name: 'c', version: '1', images: [], lacking: [], skipImages: false, problems: [] }],
    images: [],
    blobBytes: 0,
    sharedBytes: 0,
    cached: false,
    problems: [],
    ...part,
  };
  return packageNotes(inventory, packageFacts(name, inventory));
}

const odd: Problem = {
  code: 'package.skipped',
  params: {},
  message: '',
  hint: '',
  origin: 'package',
  retryable: false,
};

describe('notes of a package', () => {
  it('are none when there is nothing to note', () => {
    expect(notesOf({ images: [image('quay.io/a/b:1')] })).toEqual([]);
  });

  it('name images that hold programs of another architecture', () => {
    const images = [
      // Its problem says the same.
      image('quay.io/a/drbd:v9', { mislabelled: true, programs: 'linux/amd64', problem: odd }),
      // Scripts alone say nothing about the architecture.
      image('quay.io/a/script:v1', { mislabelled: true, programs: 'unknown' }),
    ];
    expect(notesOf({ images })).toEqual([
      { kind: 'mislabelled', names: ['drbd:v9'], says: 'arm64', holds: 'amd64' },
    ]);
  });

  it('name each image that charts name and the package lacks once; bundles without images on purpose lack nothing', () => {
    const chart = { repo: 'addon', name: 'c', version: '1', images: [], problems: [] };
    const charts = [
      { ...chart, lacking: ['quay.io/a/x:1', 'quay.io/a/y:1'], skipImages: false },
      { ...chart, lacking: ['quay.io/a/x:1'], skipImages: false },
      { ...chart, lacking: ['quay.io/a/z:1'], skipImages: true },
    ];
    expect(notesOf({ charts })).toEqual([{ kind: 'lacking', names: ['x:1', 'y:1'] }]);
  });

  it.each([
    ['0.9.0', true],
    ['0.11.9', true],
    ['0.12.0', false],
    ['1.0.0', false],
  ])('warn of the importer in version %s: %s', (version, warned) => {
    const notes = notesOf({ version }, `addon-offline-full-package-v${version}-amd64.tar.gz`);
    expect(notes.some(({ kind }) => kind === 'old-importer')).toBe(warned);
  });

  it('do not warn of the importer of other products', () => {
    expect(notesOf({ version: '0.1.0' }, 'insight_v0.1.0_amd64.tar')).toEqual([]);
  });

  it('group problems of one cause', () => {
    const notes = notesOf({ problems: [odd], images: [image('a', { problem: odd })] });
    expect(notes).toEqual([{ kind: 'problem', problem: odd, count: 2 }]);
  });
});

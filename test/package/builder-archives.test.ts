// Docker-archives as other builders write them: layers in folders, configs with plain names, in any order of their files, alone, in a
// package, and as images.tar of a bundle.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import { imagesOf, problemsOf, record, wronglyGood, type Recording } from '../support/package-recorder.js';
import {
  bundleFiles,
  dockerArchiveFiles,
  makeChart,
  makeImage,
  makeLayer,
  makePackage,
  makeTar,
  type TarFile,
} from '../support/packages.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const NAME = 'jib.example/team/app:1';
const layers = [makeLayer('one'), makeLayer('two')];
const image = makeImage(NAME, 'amd64', layers);
const configHex = hexOf(digestOf(image.config));

async function read(bytes: Buffer, name = 'image.tar'): Promise<Recording> {
  const path = join(scratch(), name);
  writeFileSync(path, bytes);
  return record(path);
}

interface Names {
  readonly config: string;
  readonly layer: (hex: string, index: number) => string;
}

/** The files of an archive, keyed by the letters of an order such as `clm`: config, layers, manifest.json. */
function filesOf({ config, layer }: Names, root = ''): Readonly<Record<string, readonly TarFile[]>> {
  const names = layers.map((one, index) => layer(hexOf(one.digest), index));
  const entry = { Config: config, RepoTags: [NAME], Layers: names };
  return {
    c: [{ path: root + config, body: image.config }],
    l: layers.map((one, index) => ({ path: `${root}${names[index]!}`, body: one.stored })),
    m: [{ path: `${root}manifest.json`, body: JSON.stringify([entry]) }],
  };
}

const ordered = (files: Readonly<Record<string, readonly TarFile[]>>, order: string): TarFile[] =>
  order.split('').flatMap((letter) => files[letter] ?? []);

function expectWhole(recording: Recording): void {
  expect(recording.error).toBeNull();
  expect(problemsOf(recording)).toEqual([null]);
  expect(wronglyGood(recording)).toEqual([]);
  expect(imagesOf(recording).map((one) => [one.names, one.problem])).toEqual([[[NAME], null]]);
  expect(imagesOf(recording)[0]?.layers.map(({ digest }) => digest)).toEqual(
    layers.map(({ digest }) => digest),
  );
}

const ORDERS = ['clm', 'cml', 'lcm', 'lmc', 'mcl', 'mlc'];
const builders: readonly (readonly [string, Names])[] = [
  ['Jib', { config: 'config.json', layer: (hex) => `${hex}.tar.gz` }],
  ['rules_oci', { config: `blobs/sha256/${configHex}`, layer: (hex) => `blobs/sha256/${hex}.tar.gz` }],
  ['one with a folder of layers', { config: 'config.json', layer: (hex) => `layers/${hex}.tar.gz` }],
  [
    'one with folders for all',
    { config: `configs/${configHex}.json`, layer: (hex) => `layers/deep/${hex}.tgz` },
  ],
  ['one with a plain config name', { config: 'cfg', layer: (hex) => `${hex}.tar` }],
];

describe.each(builders)('an archive of %s', (_, names) => {
  it.each(ORDERS)('is read alone, in the order %s', async (order) => {
    expectWhole(await read(makeTar(ordered(filesOf(names), order))));
    expectWhole(await read(gzipSync(makeTar(ordered(filesOf(names), order))), 'image.tar.gz'));
  });

  it.each(ORDERS)('is read as images.tar of a bundle and below a folder, in the order %s', async (order) => {
    const images = makeTar(ordered(filesOf(names), order));
    const bundle = makeTar(bundleFiles({ hints: null, chart: makeChart('jib'), images }));
    expectWhole(
      await read(makePackage([{ path: 'addon/jib_1.0.0.bundle.tar', body: bundle }]), 'addon.tar.gz'),
    );
    const below = makeTar(ordered(filesOf(names, 'save/app/'), order));
    expectWhole(await read(below));
    const inside = bundleFiles({ hints: null, chart: makeChart('jib'), images: below });
    expectWhole(await read(makeTar(inside), 'jib_1.0.0.bundle.tar'));
  });
});

describe('an archive whose layers have plain names', () => {
  const names: Names = { config: 'cfg', layer: (_, index) => `parts/${'ab'[index]!}.layer` };

  it.each(['mcl', 'mlc'])('is read alone when manifest.json comes before them: %s', async (order) => {
    expectWhole(await read(makeTar(ordered(filesOf(names), order))));
  });

  it.each(ORDERS)('is read as images.tar in any order: %s', async (order) => {
    const images = makeTar(ordered(filesOf(names), order));
    expectWhole(await read(makeTar(bundleFiles({ hints: null, chart: {}, images }))));
  });
});

describe('several archives in folders of one tar', () => {
  const other = makeImage('jib.example/team/other:1', 'arm64');
  const below = (folder: string, files: readonly TarFile[]): TarFile[] =>
    files.map((file) => ({ ...file, path: `${folder}/${file.path}` }));

  it('are read each for itself', async () => {
    const files = [...below('a', dockerArchiveFiles([image])), ...below('b', dockerArchiveFiles([other]))];
    const recording = await read(makeTar(files));
    expect(problemsOf(recording)).toEqual([null, null]);
    expect(imagesOf(recording).map((one) => [one.names, one.problem])).toEqual([
      [[NAME], null],
      [other.names, null],
    ]);
  });

  it('are not silent about one whose manifest.json was lost', async () => {
    const lost = dockerArchiveFiles([other]).filter(({ path }) => path !== 'manifest.json');
    for (const files of [
      [...below('a', lost), ...below('b', dockerArchiveFiles([image]))],
      [...below('a', dockerArchiveFiles([image])), ...below('b', lost)],
    ]) {
      expect(problemsOf(await read(makeTar(files)))).toContain('package.manifest-missing');
    }
  });

  it('are read beside a manifest.json of other software', async () => {
    const foreign = { path: 'manifest.json', body: '{"name": "app", "icons": []}' };
    const recording = await read(makeTar([foreign, ...below('a', dockerArchiveFiles([image]))]));
    expect(problemsOf(recording)).toEqual([null]);
    expect(imagesOf(recording).map((one) => one.names)).toEqual([[NAME]]);
  });
});

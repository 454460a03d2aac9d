// Layers are stored only as container runtimes can unpack them: tar, gzip or zstd. Others make their image unusable, by name.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { imagesOf, record, type Recording } from '../../support/package-recorder.js';
import {
  dockerArchiveFiles,
  LayoutBuilder,
  makeImage,
  makeLayer,
  makeTar,
  named,
  type TarFile,
  type TestLayer,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
/** An archive without entries, and what xz and bzip2 make of it. */
const EMPTY = Buffer.alloc(1024);
const XZ = Buffer.from(
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AP/AAtdAABv/f//o7d/RjIAAAAMJ2kgl2N4wwABJ4AIAAAALnmurbHEZ/sCAAAAAARZWg==',
  'base64',
);
const BZIP2 = Buffer.from('QlpoOTFBWSZTWXT1rfcAAARAAMAAAAggADCAKmlFrDi7kinChIOnrW+4', 'base64');
const SKIPPABLE = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4]);
const ZSTD = makeLayer('zstd', 'zstd');

function layerOf(stored: Buffer, tar: Buffer = EMPTY): TestLayer {
  return { tar, stored, digest: digestOf(stored), diffId: digestOf(tar) };
}

/** gzip with each optional field of the header. https://www.rfc-editor.org/rfc/rfc1952#section-2.3 */
function gzipWithFields(tar: Buffer): Buffer {
  const plain = gzipSync(tar);
  const head = Buffer.concat([
    plain.subarray(0, 3),
    Buffer.from([4 | 8 | 16]),
    plain.subarray(4, 10),
    Buffer.from([6, 0, 0x52, 0x41, 2, 0, 1, 2]),
    Buffer.from('layer.tar\0made here\0'),
  ]);
  return Buffer.concat([head, plain.subarray(10)]);
}

const odd: readonly (readonly [string, Buffer])[] = [
  ['xz', XZ],
  ['bzip2', BZIP2],
  ['xz in gzip', gzipSync(XZ)],
  ['bzip2 in gzip', gzipSync(BZIP2)],
  ['gzip in gzip', gzipSync(gzipSync(EMPTY))],
  ['zstd in gzip', gzipSync(ZSTD.stored)],
];

const other = makeImage('docks.example/good:1', 'amd64');

async function read(files: readonly TarFile[]): Promise<Recording> {
  const path = join(scratch(), 'images.tar');
  writeFileSync(path, makeTar(files));
  return record(path);
}

/** Docker-archives of two images, with the layers under the names of ggcr (by digest) and under those of docker save. */
function archives(layer: TestLayer): readonly (readonly TarFile[])[] {
  const image = makeImage('docks.example/pit:1', 'amd64', [layer]);
  const legacy = dockerArchiveFiles([image, other], 'docker-save').map((file) =>
    file.body === layer.tar ? { ...file, body: layer.stored } : file,
  );
  return [dockerArchiveFiles([image, other]), legacy];
}

describe('a layer that is compressed as', () => {
  it.each(odd)(
    '%s makes its image in a docker-archive unusable, and is not delivered',
    async (format, stored) => {
      for (const files of archives(layerOf(stored))) {
        const recording = await read(files);
        expect(imagesOf(recording).map((image) => image.problem?.code ?? null)).toEqual([
          'package.layer-compression',
          null,
        ]);
        expect(imagesOf(recording)[0]?.problem?.params).toMatchObject({
          image: 'docks.example/pit:1',
          format,
        });
        expect(recording.bundles[0]?.blobs).toHaveLength(1);
      }
    },
  );

  it.each(odd)('%s makes its image in an OCI layout unusable', async (format, stored) => {
    const layout = new LayoutBuilder();
    const image = layout.image(makeImage(null, 'amd64', [layerOf(stored)]));
    const good = layout.image(other);
    const files = layout.files([named(image, 'docks.example/pit:1'), named(good, 'docks.example/good:1')]);
    const [pit, untouched] = imagesOf(await read(files));
    expect(pit?.problem).toMatchObject({
      code: 'package.layer-compression',
      params: { image: 'docks.example/pit:1', format },
    });
    expect(untouched?.problem).toBeNull();
  });

  it.each<[string, TestLayer]>([
    ['zstd behind a skippable frame', layerOf(Buffer.concat([SKIPPABLE, ZSTD.stored]), ZSTD.tar)],
    ['zstd before a skippable frame', layerOf(Buffer.concat([ZSTD.stored, SKIPPABLE]), ZSTD.tar)],
    ['gzip with header fields', layerOf(gzipWithFields(EMPTY))],
    ['several gzip members', layerOf(Buffer.concat([gzipSync(EMPTY), gzipSync(Buffer.alloc(0))]))],
  ])('%s is stored as it is', async (_, layer) => {
    for (const files of archives(layer)) {
      const recording = await read(files);
      expect(imagesOf(recording)[0]).toMatchObject({ problem: null, layers: [{ digest: layer.digest }] });
      expect(recording.bundles[0]?.blobs.map(({ bytes }) => digestOf(bytes))).toContain(layer.digest);
    }
  });

  it('nothing is stored as gzip, also when its first file has a name like the start of a bzip2 stream', async () => {
    const tar = makeTar([{ path: 'BZh91AY', body: 'x' }]);
    for (const files of archives(layerOf(tar, tar))) {
      const recording = await read(files);
      expect(imagesOf(recording).map((image) => image.problem)).toEqual([null, null]);
      const stored = imagesOf(recording)[0]?.layers[0]?.digest;
      const blob = recording.bundles[0]?.blobs.find(({ bytes }) => digestOf(bytes) === stored);
      expect(gunzipSync(blob?.bytes ?? Buffer.alloc(0)).equals(tar)).toBe(true);
    }
  });
});

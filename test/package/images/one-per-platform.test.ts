// An index with several images of one platform: which one a package brings, and what it says of the others.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { imagesOf, problemsOf, record, type Recording } from '../../support/package-recorder.js';
import {
  LayoutBuilder,
  makeImage,
  makeLayer,
  makeTar,
  named,
  type JsonDescriptor,
  type TestImage,
} from '../../support/packages.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const name = 'docker.io/library/app:1';
const gzip = makeImage(name, 'amd64', [makeLayer('app')]);
// podman --add-compression keeps the config, because it names the layers by their content before compression
const zstd: TestImage = { ...gzip, layers: [makeLayer('app', 'zstd')] };
const arm64 = makeImage(name, 'arm64');

async function read(layout: LayoutBuilder, children: readonly JsonDescriptor[]): Promise<Recording> {
  const path = join(scratch(), 'layout.tar');
  writeFileSync(path, makeTar(layout.files([named(layout.index(children), name)])));
  return record(path);
}

describe('of several images of one platform in an index', () => {
  it.each([
    ['gzip first', [gzip, zstd, arm64]],
    ['zstd first', [zstd, arm64, gzip]],
  ] as const)('the one with gzip layers is taken, and the other one is a note: %s', async (_, images) => {
    const layout = new LayoutBuilder();
    const [wanted, other, arm] = [gzip, zstd, arm64].map((image) => layout.image(image).digest);
    const recording = await read(
      layout,
      images.map((image) => layout.image(image)),
    );
    expect(problemsOf(recording)).toEqual([null]);
    expect(
      imagesOf(recording)
        .map(({ manifest }) => manifest.digest)
        .sort(),
    ).toEqual([wanted, arm].sort());
    expect(recording.facts?.notes).toMatchObject([
      {
        code: 'package.platform-repeated',
        params: { image: name, platform: 'linux/amd64', taken: wanted, digest: other },
      },
    ]);
  });

  it('the first is taken where all have one compression, whatever their configs are', async () => {
    const layout = new LayoutBuilder();
    const images = [makeImage(name, 'amd64', [makeLayer('b')]), makeImage(name, 'amd64', [makeLayer('a')])];
    const [first, second] = images.map((image) => layout.image(image));
    if (!first || !second) throw new Error('no images');
    const recording = await read(layout, [first, second]);
    expect(imagesOf(recording).map(({ manifest }) => manifest.digest)).toEqual([first.digest]);
    expect(recording.facts?.notes).toMatchObject([
      { params: { taken: first.digest, digest: second.digest } },
    ]);
  });

  it('a damaged one is not taken, and is no mere note', async () => {
    const layout = new LayoutBuilder();
    const children = [gzip, zstd].map((image) => layout.image(image));
    layout.without(gzip.layers[0]?.digest ?? 'sha256:');
    const recording = await read(layout, children);
    expect(imagesOf(recording).map(({ problem }) => problem?.code ?? null)).toEqual([
      'package.image-incomplete',
      null,
    ]);
    expect(recording.facts?.notes).toEqual([]);
  });

  it('all are taken where os.version tells them apart', async () => {
    const layout = new LayoutBuilder();
    const windows = (version: string): TestImage => {
      const image = makeImage(name, 'amd64', [makeLayer(version)]);
      const config = {
        ...(JSON.parse(image.config.toString()) as object),
        os: 'windows',
        'os.version': version,
      };
      return { ...image, config: Buffer.from(JSON.stringify(config)) };
    };
    const children = ['10.0.17763.1', '10.0.20348.2'].map((version) => layout.image(windows(version)));
    const recording = await read(layout, children);
    expect(imagesOf(recording).map(({ platform }) => platform.osVersion)).toEqual([
      '10.0.17763.1',
      '10.0.20348.2',
    ]);
    expect(recording.facts?.notes).toEqual([]);
  });
});

// Packages without a chart: docker-archives as several tools write them and OCI layouts, into a real registry.
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  makeDockerArchive,
  makeImage,
  makeLayer,
  makePackage,
  makeBundle,
  tinyBundle,
  type ArchiveStyle,
} from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { readTag } from '../support/registry-reader.js';
import { actions, openBench, type Bench } from '../support/seed.js';

let registry: RunningRegistry;
let bench: Bench;
beforeAll(async () => {
  registry = await startRegistry({ version: 3 });
  bench = await openBench();
});
afterAll(async () => {
  await registry.stop();
  await bench.close();
});

async function written(name: string, bytes: Buffer): Promise<string> {
  const path = join(bench.directory, name);
  await writeFile(path, bytes);
  return path;
}

describe.each<ArchiveStyle>(['ggcr', 'docker-save', 'skopeo'])(
  'a docker-archive as %s writes it',
  (style) => {
    it('brings its images under their names, and sends nothing the second time', async () => {
      const base = makeLayer(`base of ${style}`);
      const images = ['amd64', 'arm64'].map((arch) =>
        makeImage(`ghcr.io/${style}/${arch}:v1`, arch, [base, makeLayer(`${style} ${arch}`)]),
      );
      const path = await written(`${style}.tar`, makeDockerArchive(images, style));
      const first = await bench.import({ packages: [path], target: { registry: registry.url } });
      expect(first.result).toBe('done');
      for (const arch of ['amd64', 'arm64']) {
        const served = await readTag(registry.url, `${style}/${arch}`, 'v1');
        expect(Object.keys(served?.platforms ?? {})).toEqual([`linux/${arch}`]);
      }
      const again = await bench.import({ packages: [path], target: { registry: registry.url } });
      expect(again.totals).toMatchObject({ bytesSent: 0, bytesMounted: 0 });
      expect(actions(again.images)).toEqual({ skip: 2 });
    });
  },
);

describe('a large layer that the package holds uncompressed', () => {
  // 20 MB of random digits: more than the 8 MiB that are held in memory, also after compression.
  const large = makeLayer(randomBytes(10_000_000).toString('hex'), 'plain');
  const image = (arch: string) => makeImage('ghcr.io/plain/app:1.0.0', arch, [large, makeLayer(arch)]);

  it('is compressed on the way, and not sent a second time', async () => {
    const bundle = makeBundle(tinyBundle('plain', [image('amd64')]));
    const path = await written(
      'plain-amd64.tar.gz',
      makePackage([{ path: 'addon/plain_1.0.0.bundle.tar', body: bundle }]),
    );
    const first = await bench.import({ packages: [path], target: { registry: registry.url } });
    expect(first.result).toBe('done');
    expect(first.totals.passes).toBe(1);
    expect(first.totals.bytesSent).toBeGreaterThan(8 * 1024 * 1024);
    const again = await bench.import({ packages: [path], target: { registry: registry.url } });
    expect(again.totals.bytesSent).toBe(0);
    expect(actions(again.images)).toEqual({ skip: 1 });
    expect(Object.keys((await readTag(registry.url, 'plain/app', '1.0.0'))?.platforms ?? {})).toEqual([
      'linux/amd64',
    ]);
  });
});

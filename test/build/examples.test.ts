// The example packages: the files in examples/ are what build/make-examples.mjs writes, small, genuine in form and renderable.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../support/programs.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { entriesOf } from '../support/tar-entries.js';

const examples = join(PROJECT_ROOT, 'examples');
const packages = ['amd64', 'arm64'].map((arch) => `addon-offline-full-package-v0.1.0-${arch}.tar.gz`);
const helm = findProgram('helm');
let scratch = '';

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'archbridge-examples-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

function bundlesOf(name: string): ReadonlyMap<string, ReadonlyMap<string, Buffer>> {
  const outer = entriesOf(gunzipSync(readFileSync(join(examples, name))));
  const bundles = [...outer].filter(([path]) => path.endsWith('.bundle.tar'));
  return new Map(bundles.map(([path, bytes]) => [path, entriesOf(bytes)]));
}

describe('the example packages', () => {
  it('are made again byte for byte', () => {
    execFileSync(process.execPath, [join(PROJECT_ROOT, 'build/make-examples.mjs'), scratch]);
    const made = readdirSync(scratch).sort();
    expect(made).toEqual(packages.flatMap((name) => [name, `${name}.sha512`]).sort());
    for (const name of made) {
      expect(readFileSync(join(scratch, name)).equals(readFileSync(join(examples, name))), name).toBe(true);
    }
  });

  it('are at most 300 KB together, with their SHA-512 beside them', () => {
    const all = packages.map((name) => readFileSync(join(examples, name)));
    expect(all.reduce((total, bytes) => total + bytes.length, 0)).toBeLessThanOrEqual(300_000);
    for (const [at, name] of packages.entries()) {
      const hash = createHash('sha512').update(all[at]!).digest('hex');
      expect(readFileSync(join(examples, `${name}.sha512`), 'utf8')).toBe(`${hash}  ${name}\n`);
    }
  });

  it('hold bundles of two folders in the order hints, chart, images', () => {
    for (const name of packages) {
      const bundles = bundlesOf(name);
      expect([...new Set([...bundles.keys()].map((path) => dirname(path)))]).toEqual(['addon', 'community']);
      for (const entries of bundles.values()) {
        const order = [...entries.keys()].map((path) => path.split('/')[0]);
        expect([...new Set(order)]).toEqual(['hints.yaml', 'original-chart', 'images.tar']);
        expect(entries.get('hints.yaml')).toEqual(entries.get('original-chart/.relok8s-images.yaml'));
      }
    }
  });

  it('hold blobs that match their digests, manifest.json last', () => {
    for (const bundle of packages.flatMap((name) => [...bundlesOf(name).values()])) {
      const images = entriesOf(bundle.get('images.tar')!);
      expect([...images.keys()].at(-1)).toBe('manifest.json');
      for (const [path, bytes] of images) {
        const hex = createHash('sha256').update(bytes).digest('hex');
        if (path !== 'manifest.json') expect([`sha256:${hex}`, `${hex}.tar.gz`]).toContain(path);
      }
    }
  });

  it('hold programs of their own architecture, which run', () => {
    const machine = { amd64: 0x3e, arm64: 0xb7 };
    for (const arch of ['amd64', 'arm64'] as const) {
      const [bundle] = bundlesOf(packages.find((name) => name.includes(arch))!).values();
      const layers = [...entriesOf(bundle!.get('images.tar')!)].filter(([path]) => path.endsWith('.tar.gz'));
      const program = layers.map(([, bytes]) => entriesOf(gunzipSync(bytes)).get('bin/app')).find(Boolean)!;
      expect(program.readUInt16LE(18)).toBe(machine[arch]);
      if (process.platform !== 'linux' || process.arch !== { amd64: 'x64', arm64: 'arm64' }[arch]) continue;
      const path = join(scratch, `app-${arch}`);
      writeFileSync(path, program);
      chmodSync(path, 0o755);
      expect(spawnSync(path).status).toBe(0);
    }
  });

  it.skipIf(helm === null)('hold charts that helm renders', () => {
    for (const [path, entries] of bundlesOf(packages[0]!)) {
      const folder = join(scratch, path);
      for (const [file, bytes] of entries) {
        if (!file.startsWith('original-chart/')) continue;
        mkdirSync(dirname(join(folder, file)), { recursive: true });
        writeFileSync(join(folder, file), bytes);
      }
      const rendered = execFileSync(helm!, ['template', 'example', join(folder, 'original-chart')], {
        encoding: 'utf8',
      });
      const manifest = entriesOf(entries.get('images.tar')!).get('manifest.json')!.toString();
      const images = [...rendered.matchAll(/image: "(.+)"/g)].map(([, image]) => image ?? '');
      expect(images.length).toBeGreaterThan(0);
      for (const image of images) expect(manifest).toContain(`"${image}"`);
    }
  });
});

// Bad input to the built command: the documented exit code, one clear message with a hint, no stack, no tag or chart of a damaged
// package.
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { packagePath } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let directory: string;
let store: string;
const good = packagePath('v0.9.0-amd64');

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'archbridge-bad-'));
});
afterAll(async () => {
  await rm(directory, { recursive: true });
});

function archbridge(...args: readonly string[]): Promise<Ended> {
  const options = {
    cwd: directory,
    env: { PATH: process.env['PATH'], ARCHBRIDGE_STATE_DIR: join(directory, 'state') },
  };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(PROJECT_ROOT, 'dist/cli/main.js'), ...args],
      options,
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

async function written(name: string, bytes: Buffer | string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, bytes);
  return path;
}

/** The genuine package with one byte of a file inside changed and correct gzip checksums. */
async function withChange(change: (tar: Buffer) => void): Promise<Buffer> {
  const tar = gunzipSync(await readFile(good));
  change(tar);
  return gzipSync(tar);
}

function expectClear(ended: Ended, code: number): void {
  const text = ended.stdout + ended.stderr;
  expect(ended.code, text).toBe(code);
  expect(text).not.toMatch(/^\s+at .*[:(]\d+/m);
  expect(text).not.toMatch(/app\.defect|defect of Archbridge/);
  expect(ended.stderr.trim(), text).not.toBe('');
}

async function names(): Promise<readonly string[]> {
  const index = join(store, 'oci/index.json');
  const images = existsSync(index)
    ? z
        .looseObject({ manifests: z.array(z.unknown()) })
        .parse(JSON.parse(await readFile(index, 'utf8')))
        .manifests.map(() => 'image')
    : [];
  const charts = existsSync(join(store, 'charts')) ? await readdir(join(store, 'charts')) : [];
  return [...images, ...charts.filter((name) => name.endsWith('.tgz'))];
}

describe('bad input', () => {
  let count = 0;
  function importing(...args: readonly string[]): Promise<Ended> {
    store = join(directory, `store-${String(count++)}`);
    return archbridge('import', ...args, '--store', store);
  }

  it('a file that is no package: 3', async () => {
    expectClear(await importing(await written('holiday.tar.gz', 'not a package at all')), 3);
    expectClear(await importing(await written('picture.tar', Buffer.alloc(100_000, 7))), 3);
    expectClear(await importing(await written('empty.tar.gz', '')), 3);
    expectClear(await importing(await written('text.tar.gz', gzipSync('hello'))), 3);
    expect(await names()).toEqual([]);
  });

  it('a truncated package: 3, and nothing of it is visible', async () => {
    const bytes = await readFile(good);
    for (const part of [0.3, 0.7, 0.99]) {
      expectClear(await importing(await written('cut.tar.gz', bytes.subarray(0, bytes.length * part))), 3);
      expect(await names()).toEqual([]);
    }
  });

  it('a flipped bit in the compressed bytes: 3, and nothing of it is visible', async () => {
    const bytes = Buffer.from(await readFile(good));
    bytes[50_000] = (bytes[50_000] ?? 0) ^ 1;
    expectClear(await importing(await written('flipped.tar.gz', bytes)), 3);
    expect(await names()).toEqual([]);
  });

  it('a flipped byte in a layer: the image is left out by name, its chart too, the rest is imported: 6', async () => {
    const layer = '87184b61507f486265b3febbf43d264e55043eadb325b885e30acfdbc96d5ec6.tar.gz';
    const bytes = await withChange((tar) => {
      const amd64 = layerOfBeaconCore(tar) ?? layer;
      const at = tar.indexOf(amd64);
      tar[at + 512 + 100] = (tar[at + 512 + 100] ?? 0) ^ 1;
    });
    const ended = await importing(await written('damaged.tar.gz', bytes), '--json');
    expectClear(ended, 6);
    const report = z
      .looseObject({
        images: z.array(z.looseObject({ source: z.string(), action: z.string() })),
        charts: z.array(z.looseObject({ name: z.string(), action: z.string() })),
      })
      .parse(JSON.parse(ended.stdout));
    expect(report.images.filter((image) => image.action === 'failed').map((image) => image.source)).toEqual([
      'release.daocloud.io/beacon/core:v3.1.0',
    ]);
    expect(report.charts.filter((chart) => chart.action === 'blocked').map((chart) => chart.name)).toEqual([
      'beacon-stack',
    ]);
    expect(await readFile(join(store, 'oci/index.json'), 'utf8')).not.toContain('beacon/core');
  });

  it('hints that are no list, values that are no YAML: that bundle gets no name, the rest is imported: 6', async () => {
    for (const [before, after] of [
      ['- "{{ .image.repository }}:{{ .image.tag }}"', '+ "{{ .image.repository }}:{{ .image.tag }}"'],
      ['imageRegistry:', '[mageRegistry:'],
    ] as const) {
      const bytes = await withChange((tar) => {
        for (let at = tar.indexOf(before); at >= 0; at = tar.indexOf(before, at + 1)) tar.write(after, at);
      });
      const ended = await importing(await written('hints.tar.gz', bytes));
      expectClear(ended, 6);
    }
  });

  it('a file that does not exist: 2, and nothing was begun', async () => {
    expectClear(await importing(join(directory, 'nothing-here.tar.gz')), 2);
    expect(existsSync(store)).toBe(false);
    expectClear(await importing(good, join(directory, 'nothing-here.tar.gz')), 2);
    expect(existsSync(store)).toBe(false);
  });

  it('a wrong SHA-512: 3, and nothing is visible', async () => {
    const ended = await importing(good, '--sha512', 'ab'.repeat(64));
    expectClear(ended, 3);
    expect(await names()).toEqual([]);
  });

  it('a registry that does not answer: 4, with the place and a hint', async () => {
    const ended = await archbridge('import', good, '--registry', 'http://127.0.0.1:9');
    expectClear(ended, 4);
    expect(ended.stderr).toContain('127.0.0.1:9');
  });

  it('a folder with other content: 4, and it stays as it was', async () => {
    const full = await mkdtemp(join(directory, 'full-'));
    await writeFile(join(full, 'diary.txt'), 'dear diary');
    expectClear(await archbridge('import', good, '--store', full), 4);
    expect(await readdir(full)).toEqual(['diary.txt']);
  });

  it('steps, options, commands and configurations that do not exist: 2', async () => {
    const config = await written('config.yaml', 'spec: [');
    expectClear(await archbridge('cluster-create', '-c', config, '-m', config, '-j12'), 2);
    expectClear(await archbridge('cluster-create', '-c', config, '-m', config, '-j13'), 2);
    expectClear(
      await archbridge('import-addon', '-c', join(directory, 'none.yaml'), `--addon-path=${good}`),
      2,
    );
    expectClear(await archbridge('import', good, '--no-such-option'), 2);
    expectClear(await archbridge('imprt', good), 2);
    expectClear(await archbridge('import'), 2);
    expectClear(await archbridge('import', good, '--registry', 'ftp://x'), 2);
    expectClear(await archbridge('import', good, '--on-change', 'sometimes'), 2);
  });
});

/** The largest layer of the package is that of beacon/core. */
function layerOfBeaconCore(tar: Buffer): string | null {
  const config = tar.indexOf('release.daocloud.io/beacon/core:v3.1.0"],"Layers":[');
  const names = tar
    .subarray(config, config + 400)
    .toString()
    .match(/[0-9a-f]{64}\.tar\.gz/g);
  return names?.[1] ?? null;
}

// The inspect cache: an unchanged package is not read again, a changed one is, and a bad record is ignored.
import {
  appendFileSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { extract } from 'tar';
import { describe, expect, it } from 'vitest';
import { openPackage } from '../../core/package/source/open-package.js';
import { examinePackage, type Examined } from '../../core/inspect/examine-package.js';
import { scratchFolders } from '../support/scratch.js';
import { callKeeper, type VisitorCall } from '../support/visitor-calls.js';

const scratch = scratchFolders();
const { signal } = new AbortController();
const AMD64 = 'test/fixtures/packages/addon-offline-full-package-v0.9.0-amd64.tar.gz';
const ARM64 = 'test/fixtures/packages/addon-offline-full-package-v0.9.0-arm64.tar.gz';

interface Options {
  readonly reread?: boolean;
  readonly sha512?: boolean;
  readonly programs?: boolean;
}

class Desk {
  readonly folder = scratch();
  readonly stateDir = join(this.folder, 'state');
  readonly path = join(this.folder, 'package.tar.gz');

  constructor(source = AMD64) {
    copyFileSync(source, this.path);
  }

  async look(
    options: Options = {},
  ): Promise<Examined & { readonly calls: readonly VisitorCall[]; readonly bodies: number }> {
    const { visitor, calls } = callKeeper();
    let bodies = 0;
    const counting = { ...visitor, blob: async () => void (bodies += 1) };
    const source = await openPackage(this.path, { signal });
    const examined = await examinePackage(source, counting, {
      stateDir: this.stateDir,
      reread: options.reread ?? false,
      sha512: options.sha512 ?? true,
      programs: options.programs ?? true,
      signal,
    });
    return { ...examined, calls, bodies };
  }

  /** True when the cache served. */
  async cached(options: Options = {}): Promise<boolean> {
    const { cached, bodies } = await this.look(options);
    expect(bodies > 0).toBe(!cached);
    return cached;
  }

  get records(): readonly string[] {
    return readdirSync(join(this.stateDir, 'inspect')).map((name) => join(this.stateDir, 'inspect', name));
  }

  get record(): string {
    const [only = ''] = this.records;
    expect(this.records).toHaveLength(1);
    return only;
  }
}

describe('a second look', () => {
  it('tells the same without reading', async () => {
    const desk = new Desk();
    const first = await desk.look();
    const second = await desk.look();
    expect([first.cached, second.cached]).toEqual([false, true]);
    expect(second.calls).toEqual(first.calls);
    expect(second).toMatchObject({ sha512: first.sha512, bytesRead: first.bytesRead, problem: null });
    expect(first.sha512).toBe(readFileSync(`${AMD64}.sha512`, 'utf8').slice(0, 128));
    expect(desk.record).toMatch(/\.jsonl\.gz$/);
  });

  it('reads again when asked to', async () => {
    const desk = new Desk();
    await desk.look();
    expect(await desk.cached({ reread: true })).toBe(false);
    expect(await desk.cached()).toBe(true);
  });

  it('reads again for what the record lacks, and then has both', async () => {
    const desk = new Desk();
    expect(await desk.cached({ sha512: false, programs: true })).toBe(false);
    expect(await desk.cached({ sha512: true, programs: false })).toBe(false);
    expect(await desk.cached({ sha512: true, programs: true })).toBe(true);
    const other = new Desk();
    expect(await other.cached({ sha512: true, programs: false })).toBe(false);
    expect(await other.cached({ sha512: false, programs: true })).toBe(false);
    expect(await other.cached({ sha512: true, programs: true })).toBe(true);
  });

  it('knows an unpacked package, and notices a changed file of it', async () => {
    const desk = new Desk();
    const unpacked = join(desk.folder, 'unpacked');
    mkdirSync(unpacked);
    extract({ file: AMD64, cwd: unpacked, sync: true });
    rmSync(desk.path);
    cpSync(unpacked, desk.path, { recursive: true });
    expect(await desk.cached()).toBe(false);
    expect(await desk.cached()).toBe(true);
    appendFileSync(join(desk.path, 'addon.yaml'), '\n');
    expect(await desk.cached()).toBe(false);
  });
});

describe('a changed package', () => {
  it('of the same size and date is read again', async () => {
    const desk = new Desk();
    utimesSync(desk.path, 1.7e9, 1.7e9);
    await desk.look();
    const file = openSync(desk.path, 'r+');
    writeSync(file, Buffer.from('x'), 0, 1, 60_000);
    closeSync(file);
    utimesSync(desk.path, 1.7e9, 1.7e9);
    expect(statSync(desk.path)).toMatchObject({ size: statSync(AMD64).size, mtimeMs: 1.7e12 });
    expect((await desk.look()).problem?.origin).toBe('package');
  });

  it('that took the place of the former one is read again', async () => {
    const desk = new Desk();
    await desk.look();
    const next = `${desk.path}.next`;
    copyFileSync(ARM64, next);
    renameSync(next, desk.path);
    const { cached, calls } = await desk.look();
    expect(cached).toBe(false);
    expect(JSON.stringify(calls)).toContain('arm64');
    expect(desk.records).toHaveLength(1);
  });

  it('is never remembered while it is damaged', async () => {
    const desk = new Desk();
    writeFileSync(desk.path, readFileSync(AMD64).subarray(0, 90_000));
    expect((await desk.look()).problem?.code).toBe('package.truncated');
    expect((await desk.look()).cached).toBe(false);
    expect(desk.records).toEqual([]);
  });

  it('that changes while it is read is not remembered', async () => {
    const desk = new Desk();
    const source = await openPackage(desk.path, { signal });
    const touch = { bundleStart: async () => utimesSync(desk.path, new Date(), new Date(1e12)) };
    const options = { stateDir: desk.stateDir, reread: false, sha512: true, programs: true, signal };
    const { problem } = await examinePackage(source, touch, options);
    expect(problem?.code).toBe('package.changed');
    expect(desk.records).toEqual([]);
  });
});

describe('a bad record', () => {
  const damages: Readonly<Record<string, (record: string) => void>> = {
    'that was cut': (record) => writeFileSync(record, readFileSync(record).subarray(0, 5_000)),
    'with a flipped bit': (record) => {
      const bytes = readFileSync(record);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 4;
      writeFileSync(record, bytes);
    },
    'that is empty': (record) => writeFileSync(record, ''),
    'of another version': (record) => edit(record, (text) => text.replace(/"version":\d+/, '"version":0')),
    'without its last line': (record) =>
      edit(record, (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`),
    'with a line of another shape': (record) =>
      edit(record, (text) => text.replace('"hasImages":true', '"hasImages":"yes"')),
    'with an unknown problem code': (record) =>
      edit(record, (text) =>
        text.replace(
          '"notes":[]',
          '"notes":[{"code":"no.such","params":{},"origin":"app","retryable":false}]',
        ),
      ),
  };
  it.each(Object.entries(damages))('%s is ignored, and replaced', async (_, damage) => {
    const desk = new Desk();
    const { calls } = await desk.look();
    damage(desk.record);
    const again = await desk.look();
    expect(again.cached).toBe(false);
    expect(again.calls).toEqual(calls);
    expect(await desk.cached()).toBe(true);
  });

  it('cannot be written: the look goes on without', async () => {
    const desk = new Desk();
    mkdirSync(desk.stateDir);
    writeFileSync(join(desk.stateDir, 'inspect'), 'a file where the folder should be');
    expect((await desk.look()).problem).toBeNull();
    expect((await desk.look()).cached).toBe(false);
  });
});

describe('the folder of records', () => {
  it('keeps the latest 64, and no leftovers', async () => {
    const desk = new Desk();
    await desk.look();
    const [folder, record] = [join(desk.stateDir, 'inspect'), desk.record];
    for (let at = 0; at < 70; at++) {
      const old = join(folder, `${String(at)}.jsonl.gz`);
      copyFileSync(record, old);
      utimesSync(old, 1000, 1000 + at);
    }
    writeFileSync(join(folder, 'killed.tmp'), '');
    utimesSync(join(folder, 'killed.tmp'), 1000, 1000);
    await desk.look({ reread: true });
    expect(desk.records).toHaveLength(64);
    expect(desk.records).toContain(record);
    expect(readdirSync(folder).filter((name) => !name.endsWith('.gz'))).toEqual([]);
    expect(readdirSync(folder)).not.toContain('0.jsonl.gz');
  });

  it('is left without a trace of a cancelled look', async () => {
    const desk = new Desk();
    const controller = new AbortController();
    const stop = { bundleEnd: async () => controller.abort() };
    const source = await openPackage(desk.path, { signal });
    const options = { stateDir: desk.stateDir, reread: false, sha512: false, programs: true };
    await expect(
      examinePackage(source, stop, { ...options, signal: controller.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    expect(desk.records).toEqual([]);
  });
});

function edit(record: string, change: (text: string) => string): void {
  const text = gunzipSync(readFileSync(record)).toString('utf8');
  const changed = change(text);
  expect(changed).not.toBe(text);
  writeFileSync(record, gzipSync(changed));
}

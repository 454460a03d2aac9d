// A disk that runs full at every stage of an import into a folder, on a real file system of 96 MB: nothing torn keeps its name, the run
// says what it lacked, and with room again the same import ends as if undisturbed.
import { execFileSync } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report, RunEvent } from '../../core/contract.js';
import { digestOf } from '../../core/content/digest.js';
import { createEngine } from '../../core/engine.js';
import { parseLayoutIndex } from '../../core/layout/layout-index.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { treeOf } from '../support/tree.js';

/** A file system of its own; false where this account may not mount one. */
function mountedAt(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=96m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Takes the last free byte. */
function fill(path: string): void {
  const file = openSync(path, 'w');
  try {
    for (const size of [1 << 20, 4096, 1]) for (;;) if (writeSync(file, Buffer.alloc(size)) < size) break;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
  } finally {
    closeSync(file);
  }
}

const folder = await mkdtemp(join(tmpdir(), 'archbridge-disk-'));
const disk = join(folder, 'disk');
await mkdir(disk);
const isMounted = mountedAt(disk);
afterAll(async () => {
  if (isMounted) execFileSync('umount', [disk]);
  await rm(folder, { recursive: true });
});

let path: string;
let whole: unknown;
const stages: string[] = [];
beforeAll(async () => {
  path = join(folder, 'a-full-package-v1.0.0-amd64.tar.gz');
  const bundles = ['anchor', 'bollard', 'capstan'].map((name) => {
    const layer = makeLayer(name.repeat(100_000));
    const bundle = tinyBundle(name, [makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64', [layer])]);
    return { path: `addon/${name}_1.0.0.bundle.tar`, body: makeBundle(bundle) };
  });
  await writeFile(path, makePackage(bundles));
  const target = join(folder, 'whole');
  await imported(target, join(folder, 'whole-state'), (event) => stages.push(nameOf(event)));
  whole = await treeOf(target);
});

function nameOf(event: RunEvent): string {
  return event.type === 'stage' ? `stage ${event.stage}` : event.type;
}

async function imported(
  store: string,
  stateDir: string,
  onEvent: (event: RunEvent) => void = () => undefined,
): Promise<Report | string> {
  const engine = createEngine({ stateDir, version: '0.0.0', log: () => undefined });
  const request = { packages: [path], target: { store }, reread: true };
  const answer = await engine.import(request, { signal: new AbortController().signal, onEvent });
  return answer.ok ? answer.value : answer.problem.code;
}

/** Every file under the name of a digest has it, and every name leads to such a file. */
function expectNothingTorn(store: string): void {
  const layout = join(store, 'oci');
  const blobs = listed(join(layout, 'blobs/sha256'));
  for (const name of blobs)
    expect(digestOf(readFileSync(join(layout, 'blobs/sha256', name)))).toBe(`sha256:${name}`);
  if (!listed(layout).includes('index.json')) return;
  for (const { descriptor } of parseLayoutIndex(readFileSync(join(layout, 'index.json')), '').entries)
    expect(blobs).toContain(descriptor?.digest.slice('sha256:'.length));
}

function listed(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

describe.runIf(isMounted).each(['the folder of the target', 'the state folder'])(
  'a full disk with %s',
  (what) => {
    it('at every event of the run', async () => {
      expect(stages.length).toBeGreaterThan(10);
      const outcomes = new Set<string>();
      for (let at = 0; at < stages.length; at += 1) {
        for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
        const [store, state] = ['store', 'state'].map((name) => join(folder, name));
        for (const place of [store, state]) rmSync(place ?? '', { recursive: true, force: true });
        const onDisk = what === 'the state folder' ? 'state' : 'store';
        const places = { store: store ?? '', state: state ?? '', [onDisk]: join(disk, onDisk) };
        let seen = 0;
        const first = await imported(places.store, places.state, () => {
          if (seen === at) fill(join(disk, 'filler'));
          seen += 1;
        });
        expectNothingTorn(places.store);
        const all = typeof first === 'string' ? [first] : first.problems.map(({ code }) => code);
        const codes = all.filter((code) => code !== 'run.space-scarce');
        outcomes.add(codes.join());
        for (const code of codes) expect(code).toMatch(/^(?:disk|run)\.no-space$/);
        rmSync(join(disk, 'filler'), { force: true });
        const again = await imported(places.store, places.state);
        expect(again).toMatchObject({ result: 'done', problems: [] });
        expect({ at, tree: await treeOf(places.store) }).toEqual({ at, tree: whole });
      }
      console.log(`${what}: ${String(stages.length)} places, outcomes: ${[...outcomes].join(' | ')}`);
      expect(outcomes.size).toBeGreaterThan(1);
    });
  },
);

// Sites at which an import is killed: each begins with one architecture and gets the second one.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Report, TargetSpec } from '../../core/contract.js';
import { createEngine } from '../../core/engine.js';
import type { KillableImports } from './killed-import.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from './packages.js';
import { freePort, startRegistry } from './registries.js';
import { allTags, readTag } from './registry-reader.js';
import { treeOf } from './tree.js';
import { registryState } from './undoing.js';

const { signal } = new AbortController();

/** A target that is opened with the content of a folder. */
export interface OpenSite {
  readonly target: TargetSpec;
  /** What the target holds, in a form that can be compared. */
  readonly content: () => Promise<unknown>;
  /** Throws where a name leads to something that is not whole. */
  readonly expectWhole: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export type SiteKind = 'folder' | 'registry';

interface Site {
  readonly kind: SiteKind;
  readonly port: number;
}

/** `port`: charts hold the address of their registry, so that it must stay the same. */
async function openSite({ kind, port }: Site, storage: string): Promise<OpenSite> {
  if (kind === 'folder') {
    const content = () => treeOf(storage);
    return { target: { store: storage }, content, expectWhole: () => wholeFolder(storage), close: done };
  }
  const registry = await startRegistry({ version: 3, storageDir: storage, port });
  return {
    target: { registry: registry.url },
    content: () => registryState(registry.url),
    expectWhole: async () => {
      for (const [repository, tags] of Object.entries(await allTags(registry.url)))
        if (!repository.startsWith('addon/'))
          for (const tag of tags) await readTag(registry.url, repository, tag);
    },
    close: () => registry.stop(),
  };
}

const done = (): Promise<void> => Promise.resolve();

/** A registry over the layout would need the same reader; a folder is whole when verify says so of its names. */
async function wholeFolder(storage: string): Promise<void> {
  const state = await mkdtemp(join(tmpdir(), 'archbridge-audit-'));
  const engine = createEngine({ stateDir: state, version: '0.0.0', log: () => undefined });
  const answer = await engine.audit({ target: { store: storage } }, { signal });
  await rm(state, { recursive: true });
  if (!answer.ok) throw new Error(answer.problem.message);
  for (const { images } of answer.value.charts)
    for (const image of images) expect(['ok', 'one-platform']).toContain(image.state);
}

/** One package for each architecture; each version has images of its own under the same tags. */
async function packagesIn(folder: string, version = 'v1.0.0'): Promise<readonly string[]> {
  const shared = makeLayer('shared');
  const written = ['amd64', 'arm64'].map(async (arch) => {
    const bundles = ['harbor', 'quay', 'pier'].map((name) => {
      const layers = [shared, makeLayer(`${name} ${arch} ${version}`)];
      return tinyBundle(name, [makeImage(`ghcr.io/${name}/app:1.0.0`, arch, layers)]);
    });
    const files = bundles.map((bundle, at) => ({
      path: `addon/part${String(at)}_1.0.0.bundle.tar`,
      body: makeBundle(bundle),
    }));
    const path = join(folder, `port-full-package-${version}-${arch}.tar.gz`);
    await writeFile(path, makePackage(files));
    return path;
  });
  return Promise.all(written);
}

/**
 * Imports amd64, then kills the import of arm64 at some moments, each time from the same begin: what the target serves is whole
 * at once, and the import again gives what an undisturbed import gives.
 * @param moments gives the steps at which it is killed, for the number of steps of an undisturbed import
 */
export async function killAtMoments(
  imports: KillableImports,
  kind: SiteKind,
  moments: (steps: number) => readonly number[],
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'archbridge-kills-'));
  const site = { kind, port: await freePort() };
  try {
    const [amd64 = '', arm64 = ''] = await packagesIn(folder);
    const [base, state] = [join(folder, 'base'), join(folder, 'state')];
    await at(site, base, async ({ target }) => {
      expect((await imported(state, amd64, target)).result).toBe('done');
    });
    const copies = { storage: join(folder, 'copy'), state: join(folder, 'copied-state') };
    const fresh = async (): Promise<void> => {
      for (const path of Object.values(copies)) await rm(path, { recursive: true, force: true });
      await cp(base, copies.storage, { recursive: true });
      await cp(state, copies.state, { recursive: true });
    };
    await fresh();
    const undisturbed = await at(site, copies.storage, async ({ target, content }) => {
      const run = await imports.run(copies.state, { packages: [arm64], target });
      return { steps: run?.steps ?? 0, content: await content() };
    });
    expect(undisturbed.steps).toBeGreaterThan(50);
    for (const moment of moments(undisturbed.steps)) {
      await fresh();
      await at(site, copies.storage, async ({ target, content, expectWhole }) => {
        await imports.run(copies.state, { packages: [arm64], target }, moment);
        await expectWhole();
        const again = await imported(copies.state, arm64, target);
        expect({ moment, result: again.result, problems: again.problems }).toEqual({
          moment,
          result: 'done',
          problems: [],
        });
        expect({ moment, content: await content() }).toEqual({ moment, content: undisturbed.content });
      });
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** `processes`: each in a process of its own; `here`: both in this one, on one state folder. */
export type Together = { readonly processes: KillableImports } | 'here';

/**
 * Imports an upgrade of both architectures at the same time over an older version: then neither import has anything left to do.
 */
export async function importTogether(where: Together, kind: SiteKind): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'archbridge-together-'));
  const state = join(folder, 'state');
  try {
    const paths = await packagesIn(folder);
    const site = { kind, port: await freePort() };
    await at(site, join(folder, 'storage'), async ({ target, expectWhole }) => {
      for (const path of await packagesIn(folder, 'v0.9.0')) await imported(state, path, target);
      const one = async (path: string, at: number): Promise<Report | undefined> => {
        if (where === 'here') return imported(state, path, target);
        const own = join(folder, `state-${String(at)}`);
        return (await where.processes.run(own, { packages: [path], target }))?.report;
      };
      const ended = await Promise.all(paths.map(one));
      expect(ended.map((report) => report?.result)).toEqual(['done', 'done']);
      await expectWhole();
      for (const path of paths) {
        const { images } = await imported(state, path, target);
        expect(images.map(({ action }) => action)).toEqual(images.map(() => 'skip'));
        for (const { after } of images)
          expect(after).toMatchObject({ platforms: ['linux/amd64', 'linux/arm64'] });
      }
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function at<T>(place: Site, storage: string, work: (site: OpenSite) => Promise<T>): Promise<T> {
  const site = await openSite(place, storage);
  try {
    return await work(site);
  } finally {
    await site.close();
  }
}

async function imported(stateDir: string, path: string, target: TargetSpec): Promise<Report> {
  const engine = createEngine({ stateDir, version: '0.0.0', log: () => undefined });
  const answer = await engine.import({ packages: [path], target }, { signal });
  if (!answer.ok) throw new Error(answer.problem.message);
  return answer.value;
}

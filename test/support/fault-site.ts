// A registry with a first import, behind a proxy with faults: a second import meets a fault, and what the registry holds then is compared
// with what it holds without the fault.
import { randomBytes } from 'node:crypto';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { createEngine } from '../../core/engine.js';
import type { ImportRequest, Report } from '../../core/contract.js';
import { digestOf } from '../../core/content/digest.js';
import { startFaultProxy, type Fault, type FaultProxy } from './fault-proxy.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle, type TestLayer } from './packages.js';
import { startRegistry, type RunningRegistry } from './registries.js';
import { openBench, type Bench } from './seed.js';

/** What a registry holds: for each `repository:tag` its digest and everything below it, all read and hashed. */
export type Holdings = Readonly<Record<string, readonly string[]>>;

export interface FaultSite {
  /** What the registry holds after both imports without a fault. */
  readonly expected: Holdings;
  /** Puts the registry back to the first import, meets the fault in the second one, then runs it again without the fault if need be. */
  meet(fault: Fault): Promise<{
    readonly met: number;
    /** Of the run with the fault; null where it could not begin. */
    readonly first: Report | null;
    /** What the registry held after the run with the fault. */
    readonly between: Holdings;
    readonly last: Report;
    readonly held: Holdings;
  }>;
  stop(): Promise<void>;
}

/**
 * A site for all tests of a file or of a `describe`: it is opened before the first and ended after the last. `large` as in
 * {@link openFaultSite}.
 */
export function useFaultSite(kind: { readonly version: 2 | 3; readonly large: boolean }): () => FaultSite {
  let bench: Bench;
  let site: FaultSite;
  beforeAll(async () => {
    bench = await openBench();
    site = await openFaultSite(join(bench.directory, 'site'), kind);
  });
  afterAll(async () => {
    await site.stop();
    await bench.close();
  });
  return () => site;
}

/** `large`: one layer of the package is larger than every window (24 MB of random bytes). */
async function openFaultSite(
  folder: string,
  { version, large }: { readonly version: 2 | 3; readonly large: boolean },
): Promise<FaultSite> {
  await mkdir(folder, { recursive: true });
  const storageDir = join(folder, 'storage');
  const registry = await startRegistry({ version, storageDir });
  const proxy = await startFaultProxy(registry.url);
  const before = await makeArchitecture(folder, 'amd64', makeLayer('base of amd64'));
  const layer = large ? makeLayer(randomBytes(12 * 1024 * 1024).toString('hex')) : makeLayer('base of arm64');
  const after = await makeArchitecture(folder, 'arm64', layer);
  let runs = 0;
  const imported = async (path: string, stateDir: string): Promise<Report | null> => {
    const engine = createEngine({ stateDir, version: '0.0.0', log: () => undefined });
    const request: ImportRequest = { packages: [path], target: { registry: proxy.url } };
    const answer = await engine.import(request, { signal: new AbortController().signal });
    return answer.ok ? answer.value : null;
  };
  const undisturbed = async (path: string, stateDir: string): Promise<Report> => {
    proxy.set(null);
    const report = await imported(path, stateDir);
    if (!report) throw new Error('the import did not begin');
    return report;
  };
  await undisturbed(before, join(folder, 'state-before'));
  const kept = join(folder, 'storage-before');
  await cp(storageDir, kept, { recursive: true });
  await undisturbed(after, join(folder, 'state-after'));
  const expected = await holdings(registry.url);
  return {
    expected,
    meet: async (fault) => {
      await rm(join(storageDir, 'docker'), { recursive: true, force: true });
      await cp(kept, storageDir, { recursive: true });
      const stateDir = join(folder, `state-${String((runs += 1))}`);
      proxy.set(fault);
      const first = await imported(after, stateDir);
      const met = proxy.met();
      const between = await holdings(registry.url);
      const last = first?.result === 'done' ? first : await undisturbed(after, stateDir);
      return { met, first, between, last, held: await holdings(registry.url) };
    },
    stop: () => stopAll(proxy, registry),
  };
}

async function stopAll(proxy: FaultProxy, registry: RunningRegistry): Promise<void> {
  await proxy.stop();
  await registry.stop();
}

/** A package of charts with one image each, which share a layer, so that it is mounted. The second package has one chart more. */
async function makeArchitecture(folder: string, architecture: string, base: TestLayer): Promise<string> {
  const path = join(folder, `site-${architecture}.tar.gz`);
  const names = architecture === 'amd64' ? ['one', 'two'] : ['one', 'two', 'three'];
  const bundles = names.map((name) => {
    const layers = [base, makeLayer(`${name} of ${architecture}`)];
    const image = makeImage(`ghcr.io/${name}/app:1.0.0`, architecture, layers);
    return { path: `addon/${name}_1.0.0.bundle.tar`, body: makeBundle(tinyBundle(name, [image])) };
  });
  await writeFile(path, makePackage(bundles));
  return path;
}

async function holdings(url: string): Promise<Holdings> {
  const catalog = JSON.parse((await get(url, '/v2/_catalog?n=1000')).toString()) as {
    repositories: string[];
  };
  const held: Record<string, readonly string[]> = {};
  for (const repository of catalog.repositories) {
    const answer = await fetch(`${url}/v2/${repository}/tags/list`);
    // a repository with blobs and without a tag
    if (answer.status === 404) continue;
    const { tags } = (await answer.json()) as { tags: string[] | null };
    for (const tag of tags ?? []) {
      const all = await manifestAndBelow(url, repository, tag);
      held[`${repository}:${tag}`] = all;
    }
  }
  return held;
}

async function manifestAndBelow(
  url: string,
  repository: string,
  reference: string,
): Promise<readonly string[]> {
  const bytes = await get(url, `/v2/${repository}/manifests/${reference}`);
  const { config, layers, manifests } = JSON.parse(bytes.toString()) as {
    config?: { digest: string };
    layers?: { digest: string }[];
    manifests?: { digest: string }[];
  };
  const digests = [digestOf(bytes) as string];
  for (const { digest } of manifests ?? [])
    digests.push(...(await manifestAndBelow(url, repository, digest)));
  for (const { digest } of [...(config ? [config] : []), ...(layers ?? [])]) {
    const blob = digestOf(await get(url, `/v2/${repository}/blobs/${digest}`));
    if (blob !== digest) throw new Error(`${repository} holds ${blob} as ${digest}`);
    digests.push(blob);
  }
  return digests;
}

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

async function get(url: string, path: string): Promise<Buffer> {
  const answer = await fetch(`${url}${path}`, { headers: { accept: ACCEPT } });
  if (answer.status !== 200) throw new Error(`${path} is ${String(answer.status)}`);
  return Buffer.from(await answer.arrayBuffer());
}

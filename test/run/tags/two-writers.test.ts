// Two runs write the same tag: their requests are interleaved in a hundred ways, each the same in every execution of the test.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { encodeDockerManifest, parseManifest } from '../../../core/content/manifest.js';
import { formatPlatform } from '../../../core/content/platform.js';
import { Journal } from '../../../core/journal/journal.js';
import { sweep } from '../../../core/run/tags/sweep.js';
import { TagDecider } from '../../../core/run/tags/tag-decider.js';
import { TagWriter, type TagInput, type TagOutcome } from '../../../core/run/tags/tag-writer.js';
import { BlobPresence } from '../../../core/run/upload/blob-presence.js';
import { MemoryTarget } from '../../support/memory-target.js';

const { signal } = new AbortController();
const INTERLEAVINGS = 100;
const REPOSITORY = 'team/app';

let state: string;
let journal: Journal;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'writers-'));
  journal = await Journal.create(state);
});
afterAll(async () => {
  await journal.close();
  await rm(state, { recursive: true });
});

/** Lets one of several take a step at a time; which one follows from the seed alone. */
class Turns {
  readonly #waiting = new Map<number, () => void>();
  readonly #active = new Set<number>();
  #seed: number;

  constructor(seed: number, count: number) {
    this.#seed = seed;
    for (let one = 0; one < count; one += 1) this.#active.add(one);
  }

  wait(one: number): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.set(one, resolve);
      this.#next();
    });
  }

  leave(one: number): void {
    this.#active.delete(one);
    this.#next();
  }

  #next(): void {
    if (this.#waiting.size < this.#active.size || this.#waiting.size === 0) return;
    // https://en.wikipedia.org/wiki/Linear_congruential_generator
    this.#seed = (this.#seed * 1_103_515_245 + 12_345) % 2 ** 31;
    const ready = [...this.#waiting.keys()].sort();
    const chosen = ready[Math.floor((this.#seed / 2 ** 31) * ready.length)] ?? 0;
    const go = this.#waiting.get(chosen);
    this.#waiting.delete(chosen);
    go?.();
  }
}

function imageFor(target: MemoryTarget, architecture: string, content = ''): TagInput {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture, content }));
  const digest = digestOf(config);
  target.blobs.set(`${REPOSITORY}@${digest}`, config);
  const manifest = encodeDockerManifest({ digest, size: config.length }, []);
  const { mediaType, bytes } = manifest;
  const descriptor = { mediaType, digest: manifest.digest, size: bytes.length };
  const platform = { os: 'linux', architecture };
  const rest = { config: digest, created: null, version: null, attestations: [] };
  return { incoming: { platform, descriptor, manifest, ...rest }, attached: [], sources: [] };
}

/** A run of its own over the content that all share. */
function openRun(shared: MemoryTarget) {
  const target = new MemoryTarget(shared);
  target.losesManifests = shared.losesManifests;
  const presence = new BlobPresence(target, { signal });
  const none = { versionOf: () => null, sourcesOf: () => [] };
  const decider = new TagDecider({ target, presence, policy: 'newer', ...none, signal });
  return { target, writer: new TagWriter({ target, decider, journal, signal }) };
}

const ARCHITECTURES = ['amd64', 'arm64'];

interface Interleaving {
  readonly losesManifests?: boolean;
  /** The tag has an older image for each of the platforms. */
  readonly isUpgrade?: boolean;
}

/** Gives the target afterwards. */
async function interleaved(seed: number, how: Interleaving): Promise<MemoryTarget> {
  const shared = new MemoryTarget();
  shared.losesManifests = how.losesManifests ?? false;
  const former = ARCHITECTURES.map((architecture) => imageFor(shared, architecture, 'former'));
  if (how.isUpgrade) await openRun(shared).writer.write(REPOSITORY, '1', former);
  const runs = ARCHITECTURES.map((architecture) => {
    const image = imageFor(shared, architecture);
    return { ...openRun(shared), image, outcome: null as TagOutcome | null };
  });
  const all = async (work: (run: (typeof runs)[number]) => Promise<void>): Promise<void> => {
    const turns = new Turns(seed, runs.length);
    await Promise.all(
      runs.map(async (run, at) => {
        run.target.before = () => turns.wait(at);
        await work(run).finally(() => turns.leave(at));
      }),
    );
  };
  await all(async (run) => {
    run.outcome = await run.writer.write(REPOSITORY, '1', [run.image]);
  });
  await all(async ({ target, writer, outcome }) => {
    if (outcome) await sweep(target, writer, [outcome], 1, { signal });
  });
  return shared;
}

/** The platforms under the tag whose manifests can be read. */
function platformsOf(shared: MemoryTarget): readonly string[] {
  const top = shared.manifests.get(`${REPOSITORY}:1`);
  const parsed = top && parseManifest(top.bytes, top.mediaType);
  if (parsed?.kind !== 'index') return [];
  return parsed.manifests.flatMap(({ digest, platform }) =>
    platform && shared.manifests.has(`${REPOSITORY}@${digest}`) ? [formatPlatform(platform)] : [],
  );
}

it.each([
  ['a registry that keeps manifests', false],
  ['one that loses those whose only tag moves', true],
])('both platforms are under the tag in %s, however the requests fall', async (_, losesManifests) => {
  const found = new Map<string, number[]>();
  for (let seed = 1; seed <= INTERLEAVINGS; seed += 1) {
    const platforms = platformsOf(await interleaved(seed, { losesManifests })).join();
    found.set(platforms, [...(found.get(platforms) ?? []), seed]);
  }
  expect([...found.keys()]).toEqual(['linux/amd64,linux/arm64']);
});

it('both upgrades are under the tag, however the requests fall', async () => {
  const lacking: number[] = [];
  for (let seed = 1; seed <= INTERLEAVINGS; seed += 1) {
    const shared = await interleaved(seed, { isUpgrade: true });
    const top = shared.manifests.get(`${REPOSITORY}:1`)?.bytes.toString() ?? '';
    const wanted = ARCHITECTURES.map(
      (architecture) => imageFor(shared, architecture).incoming.manifest.digest,
    );
    if (!wanted.every((digest) => top.includes(digest))) lacking.push(seed);
  }
  expect(lacking).toEqual([]);
});

it('both platforms are under the tag, whenever another program puts its own image there', async () => {
  const requests = await writtenBeside(null);
  expect(requests.length).toBeGreaterThan(5);
  for (const [at, request] of requests.entries()) {
    // no registry offers a write that depends on what the tag holds: what comes in this very moment is overwritten
    if (request === `PUT ${REPOSITORY}:1`) continue;
    await writtenBeside(at);
  }
});

/** Adds amd64 to a tag with arm; another program puts arm64 under the tag before request number `at`. Gives the requests. */
async function writtenBeside(at: number | null): Promise<readonly string[]> {
  const shared = new MemoryTarget();
  const [arm, amd64, arm64] = ['arm', 'amd64', 'arm64'].map((name) => imageFor(shared, name));
  if (!arm || !amd64 || !arm64) throw new Error('no images');
  shared.set(REPOSITORY, '1', arm.incoming.manifest);
  const { target, writer } = openRun(shared);
  target.before = () => {
    if (target.log.length - 1 === at) shared.set(REPOSITORY, '1', arm64.incoming.manifest);
  };
  const outcome = await writer.write(REPOSITORY, '1', [amd64]);
  await sweep(target, writer, [outcome], 1, { signal });
  const found = new Set(platformsOf(shared));
  const lacking = ['linux/amd64', 'linux/arm64'].filter((one) => !found.has(one));
  if (at !== null) expect({ at, lacking }).toEqual({ at, lacking: [] });
  return target.log;
}

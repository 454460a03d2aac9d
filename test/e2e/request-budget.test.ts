// Counts the requests of whole imports and compares them with those that are necessary, so that no change makes imports slower
// without being seen. No clock is needed.
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { startCountingRegistry, type CountingRegistry } from '../support/counting-registry.js';
import { openBench, type Bench, type SeedPackage } from '../support/seed.js';

const SLACK = 1.1;
/** A fusion lists the tags of each repository, and blobs are mounted from the first repository of their bundle. */
const OF_A_FUSION = 1.17;
const MOST_CONNECTIONS = 40;

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function site(): Promise<{ bench: Bench; registry: CountingRegistry }> {
  const registry = await startCountingRegistry();
  const bench = await openBench();
  endings.push(
    () => registry.stop(),
    () => bench.close(),
  );
  return { bench, registry };
}

const descriptor = z.looseObject({ digest: z.string() });
const manifestSchema = z.looseObject({
  config: descriptor.optional(),
  layers: z.array(descriptor).nullish(),
  manifests: z.array(descriptor).optional(),
});

/** What the registry serves under the tags of the reports: blobs by repository, and the children of each tag. */
interface Content {
  /** `repository digest`. */
  readonly blobs: ReadonlySet<string>;
  /** The digests of each tag's children; none where it is no index. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
}

/** `only`: manifests whose blobs count; all by default. */
async function contentOf(
  { url }: CountingRegistry,
  names: Iterable<string>,
  only: ReadonlySet<string> | null = null,
): Promise<Content> {
  const blobs = new Set<string>();
  const tags = new Map<string, readonly string[]>();
  const read = async (repository: string, reference: string) => {
    const answer = await fetch(`${url}/v2/${repository}/manifests/${reference}`);
    return manifestSchema.parse(await answer.json());
  };
  for (const name of new Set(names)) {
    const [repository = '', tag = ''] = name.slice(name.indexOf('/') + 1).split(':');
    const top = await read(repository, tag);
    const children = (top.manifests ?? []).map(({ digest }) => digest);
    tags.set(name, children);
    const wanted = children.filter((one) => only === null || only.has(one));
    const images =
      children.length === 0 ? [top] : await Promise.all(wanted.map((one) => read(repository, one)));
    for (const { config, layers } of images)
      for (const { digest } of [...(config ? [config] : []), ...(layers ?? [])])
        blobs.add(`${repository} ${digest}`);
  }
  return { blobs, tags };
}

const NOTHING: Content = { blobs: new Set(), tags: new Map() };

/** The necessary requests for tags and those for blobs. */
interface Budget {
  readonly tags: number;
  readonly blobs: number;
}

/** The requests that bring a registry from one content to the other, without the greeting. */
function necessary(before: Content, after: Content): Budget {
  const digestOf = (pair: string): string => pair.slice(pair.indexOf(' ') + 1);
  const held = new Set([...before.blobs].map(digestOf));
  const added = [...after.blobs].filter((pair) => !before.blobs.has(pair));
  const unique = new Set(added.map(digestOf));
  // a blob is sent (POST and PUT) or, where it may be there, asked for; each further repository mounts it
  let blobs = added.length - unique.size;
  for (const digest of unique) blobs += held.has(digest) ? 1 : 2;
  let tags = 0;
  for (const [name, children] of after.tags) {
    const former = before.tags.get(name);
    // read, read again right before the write, written, read back, swept
    if (!former || former.join() !== children.join()) tags += 5;
    // a new child is put; each child is read
    tags += children.filter((child) => !former?.includes(child)).length + children.length;
  }
  return { tags, blobs };
}

/** What a second import needs: each tag and child is read, and each blob of its images is asked for. */
function nothingToSend({ tags, blobs }: Content): Budget {
  const children = [...tags.values()].reduce((sum, one) => sum + one.length, 0);
  return { tags: tags.size + children, blobs: blobs.size };
}

async function imported({ bench, registry }: Awaited<ReturnType<typeof site>>, name: SeedPackage) {
  const before = new Map(registry.counts);
  const connections = registry.connections();
  const report = await bench.seed([name], { registry: registry.url, noCharts: true });
  const since = [...registry.counts].map(([kind, count]) => ({
    kind,
    count: count - (before.get(kind) ?? 0),
  }));
  const sum = (isMeant: (kind: string) => boolean): number =>
    since.reduce((all, { kind, count }) => all + (isMeant(kind) ? count : 0), 0);
  return {
    report,
    tags: sum((kind) => kind.endsWith(' manifests') || kind === 'GET blobs'),
    all: sum(() => true),
    connections: registry.connections() - connections,
  };
}

/** The names of tags that the run left served. */
function servedIn({ report }: Awaited<ReturnType<typeof imported>>): readonly string[] {
  return report.images.flatMap(({ after, target }) =>
    after === null || after === 'unreadable' ? [] : [target],
  );
}

/** `slack`: for all requests, the greeting included. */
function expectWithin(found: Awaited<ReturnType<typeof imported>>, budget: Budget, slack = SLACK): void {
  expect(found.tags).toBeLessThanOrEqual(budget.tags * SLACK);
  expect(found.all).toBeLessThanOrEqual((budget.tags + budget.blobs + 1) * slack);
  expect(found.connections).toBeLessThanOrEqual(MOST_CONNECTIONS);
}

it('a fresh import, one with nothing to send and a fusion need few more requests than are necessary', async () => {
  const at = await site();
  const first = await imported(at, 'v0.9.0-amd64');
  const single = await contentOf(at.registry, servedIn(first));
  expectWithin(first, necessary(NOTHING, single));
  expectWithin(await imported(at, 'v0.9.0-amd64'), nothingToSend(single));
  const second = await imported(at, 'v0.9.0-arm64');
  const both = await contentOf(at.registry, [...servedIn(first), ...servedIn(second)]);
  expectWithin(second, necessary(single, both), OF_A_FUSION);
  const own = new Set(second.report.images.map(({ digest }) => digest));
  const served = await contentOf(at.registry, servedIn(second), own);
  expectWithin(await imported(at, 'v0.9.0-arm64'), nothingToSend(served));
});

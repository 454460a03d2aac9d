// Computes the tables of docs/upgrade.md: the vendor's tool from its recorded outcomes, Archbridge from a run.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { listOf, tableOf } from '../support/doc-tables.js';
import {
  rebuiltTags,
  recordedChartCount,
  recordedDigests,
  recordedSteps,
  recordedTags,
  shortPlatform,
  type Tags,
} from '../support/recorded-sites.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { allTags, readTag } from '../support/registry-reader.js';
import { openBench, packagePath, SEED, type Bench } from '../support/seed.js';
import { PROJECT_ROOT } from '../support/source-tree.js';
import { pushImages, tinyImage } from '../support/tiny-image.js';

const never = { signal: new AbortController().signal };
const STEPS = SEED.map((name) => name.replace('-', ' '));
const EMPTIED = 'sequence-with-empty-chart-repo';
const THEIRS = recordedSteps('sequence-amd64-arm64-upgrade').map((step) => ({
  tags: recordedTags(`${step}/registry.json`),
  charts: recordedChartCount(step),
}));

interface State {
  readonly tags: Tags;
  readonly charts: number;
  /** References of published charts for which the registry has nothing. */
  readonly missing: number;
}

let bench: Bench;
let registry: RunningRegistry;
const ours: State[] = [];
let existing: Readonly<Record<string, { readonly before: string; readonly after: string }>>;

beforeAll(async () => {
  bench = await openBench();
  registry = await startRegistry({ version: 2 });
  for (const name of SEED) {
    await bench.seed([name], { registry: registry.url });
    ours.push(await stateOf(registry));
  }
  existing = await overExistingTags();
}, 120_000);
afterAll(async () => {
  await registry.stop();
  await bench.close();
});

async function stateOf({ url }: RunningRegistry): Promise<State> {
  const tags = new Map<string, Readonly<Record<string, string>>>();
  let charts = 0;
  for (const [repository, names] of Object.entries(await allTags(url))) {
    const isChart = /^(?:addon|community)\//.test(repository);
    if (isChart) charts += names.length;
    else for (const tag of names) tags.set(`${repository}:${tag}`, await served(url, repository, tag));
  }
  const audited = await bench.engine.audit({ target: { registry: url } }, never);
  if (!audited.ok) throw new Error(audited.problem.message);
  const images = audited.value.charts.flatMap((chart) => chart.images);
  const missing = images.filter(({ state }) => state === 'missing' || state === 'elsewhere').length;
  return { tags, charts, missing };
}

async function served(
  url: string,
  repository: string,
  tag: string,
): Promise<Readonly<Record<string, string>>> {
  const { platforms = {} } = (await readTag(url, repository, tag)) ?? {};
  return Object.fromEntries(
    Object.entries(platforms).map(([platform, digest]) => [shortPlatform(platform), digest]),
  );
}

/** Tags of the kinds over which the vendor's tool was recorded, and the result of an import of v0.9.0 for amd64 over them. */
async function overExistingTags(): Promise<typeof existing> {
  const other = await startRegistry({ version: 2 });
  try {
    const target = createRegistryTarget({ url: other.url, retryPauses: [] });
    const image = (architecture: string) => tinyImage(architecture, `another build for ${architecture}`);
    await pushImages(target, 'tidewatch-io/gauge', '2.0.1', [image('arm64'), image('arm')], never);
    await pushImages(target, 'lantern/lanternd', '0.4.1', [image('amd64'), image('arm64')], never);
    const single = image('arm64');
    await pushImages(target, 'quayside/api', '10.2.0', [single], never);
    await target.putManifest('quayside/api', '10.2.0', single.manifest, never);
    await target.close();
    const packages = [packagePath('v0.9.0-amd64'), packagePath('v0.9.0-arm64')];
    await bench.import({
      packages,
      target: { registry: other.url, noCharts: true },
      selection: { images: ['*/tidewatch-io/server:*'] },
    });
    const names = [
      'tidewatch-io/gauge:2.0.1',
      'quayside/api:10.2.0',
      'lantern/lanternd:0.4.1',
      'tidewatch-io/server:v1.2.0',
    ];
    const look = () => Promise.all(names.map((name) => tagCell(other.url, name)));
    const before = await look();
    await bench.import({ packages: packages.slice(0, 1), target: { registry: other.url } });
    const after = await look();
    return Object.fromEntries(
      names.map((name, index) => [
        name,
        { before: before[index]?.platforms ?? '', after: sameOr(before[index], after[index]) },
      ]),
    );
  } finally {
    await other.stop();
  }
}

interface TagCell {
  readonly platforms: string;
  readonly digest: string;
}

async function tagCell(url: string, name: string): Promise<TagCell> {
  const [repository = '', tag = ''] = name.split(':');
  const found = await readTag(url, repository, tag);
  if (!found) throw new Error(`${name} is gone`);
  return { platforms: cell(await served(url, repository, tag)), digest: found.digest };
}

/** `=` where the tag did not change, down to the digest. */
function sameOr(before: TagCell | undefined, after: TagCell | undefined): string {
  return before?.digest === after?.digest ? '=' : (after?.platforms ?? '');
}

function recordedCell(tags: Tags, name: string): TagCell {
  const platforms = tags.get(name) ?? {};
  return { platforms: cell(platforms), digest: Object.values(platforms)[0] ?? '' };
}

function cell(platforms: Readonly<Record<string, string>> | undefined): string {
  return (
    Object.keys(platforms ?? {})
      .sort()
      .join(', ') || '-'
  );
}

function counts({ tags, charts }: Pick<State, 'tags' | 'charts'>): readonly string[] {
  const cells = [...tags.values()].map(cell);
  const numbers = ['amd64', 'arm64', 'amd64, arm64'].map(
    (kind) => cells.filter((one) => one === kind).length,
  );
  return [...numbers, charts].map(String);
}

/** Every tag, grouped by what it served after each step, with the vendor's tool and with Archbridge. */
function histories(): ReadonlyMap<string, readonly string[]> {
  const states = [...THEIRS, ...ours];
  const names = new Set(states.flatMap(({ tags }) => [...tags.keys()]));
  const groups = new Map<string, string[]>();
  for (const name of [...names].sort()) {
    const history = states.map(({ tags }) => cell(tags.get(name))).join(' | ');
    groups.set(history, [...(groups.get(history) ?? []), name]);
  }
  return groups;
}

describe.each(['upgrade.md', 'upgrade.zh-CN.md'])('docs/%s', (file) => {
  const document = readFileSync(join(PROJECT_ROOT, 'docs', file), 'utf8');

  it('counts tags and charts after each step', () => {
    const rows = STEPS.map((step, index) => [
      step,
      ...[THEIRS[index], ours[index]].flatMap((state) => (state ? counts(state) : [])),
    ]);
    expect(tableOf(document, 'counts')).toEqual(rows);
  });

  it('lists for every tag which platforms it served after each step', () => {
    const lists = listOf(document, 'platforms');
    const rows = tableOf(document, 'platforms').map(([group = '', ...cells]) => [
      cells.join(' | '),
      lists[group.charAt(0)],
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(histories()));
    expect(rows).toHaveLength(histories().size);
  });

  it('lists whose image each platform of a rebuilt tag serves', () => {
    const rows = [...rebuiltTags()].map(([tag, versions]) => [
      tag,
      ...[THEIRS[2], THEIRS[3], ours[2], ours[3]].map((state) =>
        Object.entries(state?.tags.get(tag) ?? {})
          .map(([platform, digest]) => `${platform} ${versions.get(digest) ?? 'unknown'}`)
          .sort()
          .join(', '),
      ),
    ]);
    expect(rows).toHaveLength(5);
    expect(tableOf(document, 'rebuilt')).toEqual(rows);
  });

  it('shows the result for tags that existed before', () => {
    const [before, after] = ['registry-before', 'registry'].map((name) =>
      recordedTags(`over-existing-indexes/${name}.json`),
    );
    if (!before || !after) throw new Error('nothing was recorded');
    expect([...before.keys()].sort()).toEqual(Object.keys(existing).sort());
    const rows = Object.entries(existing).map(([name, { before: held, after: fused }]) => {
      const found = recordedCell(before, name);
      expect(held, name).toBe(found.platforms);
      return [name, held, sameOr(found, recordedCell(after, name)), fused];
    });
    expect(tableOf(document, 'existing')).toEqual(rows);
  });

  it('counts references that cannot be pulled', () => {
    const rows = recordedDigests(EMPTIED).map(({ all, missing }, index) => [
      STEPS[index],
      ...[all, missing, ours[index]?.missing].map(String),
    ]);
    expect(tableOf(document, 'digests')).toEqual(rows);
  });
});

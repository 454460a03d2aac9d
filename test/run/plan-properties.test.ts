// An import does what its plan said, for generated packages and states of the target.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chartName, figuresOf } from '../../core/contract.js';
import type { Decision, ImportRequest, Plan } from '../../core/contract.js';
import { rawManifest } from '../../core/content/manifest.js';
import { AppError } from '../../core/errors.js';
import { MemoryCharts } from '../support/memory-charts.js';
import { compareInMemory, importInMemory, planInMemory } from '../support/memory-run.js';
import { MemoryTarget } from '../support/memory-target.js';
import {
  makeBundle,
  makeChart,
  makeDockerArchive,
  makeLayer,
  makeOciLayout,
  makePackage,
  makeTar,
  type ArchiveStyle,
  type TestImage,
} from '../support/packages.js';
import { expectPlanned } from '../support/plan-outcome.js';

const LAYERS = ['base', 'tools', 'app', 'more'].map((text) => makeLayer(text.repeat(50)));
const NAMES = ['a/app:1', 'a/app:2', 'b/app:1', 'shared/base:1'];

const image = fc.record({
  name: fc.constantFrom(...NAMES),
  layers: fc.uniqueArray(fc.constantFrom(0, 1, 2, 3), { minLength: 1, maxLength: 3 }),
  created: fc.constantFrom('2023-07-02T08:00:00Z', '2023-09-20T08:00:00Z', null),
});

const bundle = fc.record({
  chart: fc.constantFrom('one', 'two'),
  chartVersion: fc.constantFrom('1.0.0', '1.1.0'),
  note: fc.constantFrom('', 'other'),
  images: fc.uniqueArray(image, { selector: (one) => one.name, minLength: 1, maxLength: 3 }),
  form: fc.constantFrom<ArchiveStyle | 'oci'>('ggcr', 'docker-save', 'skopeo', 'oci'),
});

const somePackage = fc.record({
  version: fc.constantFrom('0.9.0', '0.11.0'),
  arch: fc.constantFrom('amd64', 'arm64'),
  bundles: fc.uniqueArray(bundle, { selector: (one) => one.chart, minLength: 1, maxLength: 2 }),
});
type SomePackage = typeof somePackage extends fc.Arbitrary<infer T> ? T : never;
type SomeImage = SomePackage['bundles'][number]['images'][number];

/** What happens to a target between imports. */
const damage = fc.oneof(
  fc.record({ kind: fc.constantFrom('blob', 'manifest', 'tag', 'chart'), at: fc.nat(40) }),
  fc.record({ kind: fc.constantFrom('no-image', 'unreadable', 'other-chart'), at: fc.nat(3) }),
);
type Damage = typeof damage extends fc.Arbitrary<infer T> ? T : never;

const policies = fc.record({
  onChange: fc.constantFrom('newer' as const, 'replace' as const, 'keep' as const, 'stop' as const),
  onChartChange: fc.constantFrom('auto' as const, 'replace' as const, 'keep' as const, 'stop' as const),
});

const world = fc.record({
  before: fc.array(somePackage, { maxLength: 2 }),
  damages: fc.array(damage, { maxLength: 4 }),
  packages: fc.array(somePackage, { minLength: 1, maxLength: 2 }),
  policies,
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const USUAL = { onChange: 'newer', onChartChange: 'auto' } as const;
const imageWith = (name: string, ...layers: SomeImage['layers']): SomeImage => ({
  name,
  layers,
  created: null,
});
const packageWith = (form: ArchiveStyle, ...images: SomeImage[]): SomePackage => ({
  ...{ version: '0.9.0', arch: 'arm64' },
  bundles: [{ ...{ chart: 'one', chartVersion: '1.0.0', note: '' }, images, form }],
});
/** Tags of a repository are listed while the package is read, and then one of them cannot be read. */
const UNREADABLE_AMONG_OTHERS: World = {
  before: [],
  damages: [{ kind: 'unreadable', at: 0 }],
  packages: [
    packageWith('ggcr', imageWith('a/app:2', 0), imageWith('shared/base:1', 0), imageWith('a/app:1', 0)),
  ],
  policies: USUAL,
};
/** A tag that holds the same image with layers compressed in another way, and another image that needs one of these layers. */
const SAME_IN_OTHER_FORM: World = {
  before: [packageWith('ggcr', imageWith('shared/base:1', 1, 3))],
  damages: [],
  packages: [packageWith('docker-save', imageWith('shared/base:1', 1, 3), imageWith('a/app:1', 1))],
  policies: USUAL,
};

let scratch: string;
let made = 0;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'plan-'));
});
afterAll(() => rm(scratch, { recursive: true }));

function testImage(
  { name, layers, created }: SomePackage['bundles'][number]['images'][number],
  arch: string,
): TestImage {
  const own = layers.flatMap((at) => LAYERS[at] ?? []);
  const config = Buffer.from(
    JSON.stringify({
      architecture: arch,
      os: 'linux',
      ...(created ? { created } : {}),
      rootfs: { type: 'layers', diff_ids: own.map((layer) => layer.diffId) },
    }),
  );
  return { names: [`ghcr.io/${name}`], config, architecture: arch, layers: own };
}

function bundleOf(one: SomePackage['bundles'][number], arch: string): Buffer {
  const images = one.images.map((wish) => testImage(wish, arch));
  const keys = images.map((_, at) => `image${String(at)}`);
  const values = one.images.map(({ name }, at) => {
    const [repository, tag] = name.split(':');
    return `${keys[at] ?? ''}:\n  registry: ghcr.io\n  repository: ${repository ?? ''}\n  tag: "${tag ?? ''}"\n`;
  });
  return makeBundle({
    hints: keys
      .map((key) => `- "{{ .${key}.registry }}/{{ .${key}.repository }}:{{ .${key}.tag }}"\n`)
      .join(''),
    chart: {
      ...makeChart(one.chart, one.chartVersion),
      'values.yaml': `note: "${one.note}"\n${values.join('')}`,
    },
    images: one.form === 'oci' ? makeTar(makeOciLayout(images)) : makeDockerArchive(images, one.form),
  });
}

/** Each package is a file of its own folder, named as the vendor names them. */
async function written(packages: readonly SomePackage[]): Promise<readonly string[]> {
  return Promise.all(
    packages.map(async ({ version, arch, bundles }) => {
      const folder = join(scratch, String((made += 1)));
      await mkdir(folder);
      const path = join(folder, `addon-offline-full-package-v${version}-${arch}.tar.gz`);
      const files = bundles.map((one) => ({
        path: `addon/${one.chart}_${one.chartVersion}.bundle.tar`,
        body: bundleOf(one, arch),
      }));
      await writeFile(path, makePackage(files));
      return path;
    }),
  );
}

function spoil(target: MemoryTarget, charts: MemoryCharts, { kind, at }: Damage): void {
  const drop = (map: Map<string, unknown>, matching: (key: string) => boolean): void => {
    const keys = [...map.keys()].filter(matching);
    map.delete(keys[at % keys.length] ?? '');
  };
  const [repository = '', tag = ''] = (NAMES[at % NAMES.length] ?? '').split(':');
  switch (kind) {
    case 'blob':
      return drop(target.blobs, () => true);
    case 'manifest':
      return drop(target.manifests, (key) => key.includes('@'));
    case 'tag':
      return drop(target.manifests, (key) => !key.includes('@'));
    case 'chart':
      return drop(charts.published, () => true);
    case 'no-image':
      return target.set(repository, tag, rawManifest(Buffer.from('{"schemaVersion":1}'), 'text/plain'));
    case 'unreadable':
      target.before = (request) => {
        if (request === `GET ${repository}:${tag}`)
          throw new AppError('registry.unreadable-manifest', {
            origin: 'registry',
            params: { image: tag, reason: 'x' },
          });
      };
      return;
    case 'other-chart': {
      const [name] = charts.published.keys();
      const held = charts.published.get(name ?? '');
      if (name && held) charts.published.set(name, { ...held, archive: Buffer.from(`other ${String(at)}`) });
    }
  }
}

/** The package with one content for each name: where bundles bring different ones, leaving one out decides for the other. */
function alike({ arch, bundles }: SomePackage): SomePackage {
  const same = ({ name }: SomePackage['bundles'][number]['images'][number]) => {
    const own: (0 | 1 | 2)[] = name.startsWith('a/') ? [0, 1] : [0, 2];
    return { name, layers: own, created: null };
  };
  return {
    ...{ version: '0.11.0', arch },
    bundles: bundles.map((one) => ({
      ...one,
      form: 'skopeo',
      images: one.images.map(same),
    })),
  };
}

/** A target after its history. */
async function targetAfter(
  before: readonly SomePackage[],
  damages: readonly Damage[],
  state: string,
): Promise<{ readonly target: MemoryTarget; readonly charts: MemoryCharts }> {
  const target = new MemoryTarget();
  const charts = new MemoryCharts();
  for (const one of before) {
    await importInMemory({ target, charts, state, packages: await written([one]) });
  }
  for (const one of damages) spoil(target, charts, one);
  return { target, charts };
}

function snapshot(target: MemoryTarget, charts: MemoryCharts): unknown {
  const held = [...target.manifests].map(([name, { digest }]) => `${name} ${digest}`);
  return { held, blobs: [...target.blobs.keys()], charts: [...charts.published.entries()] };
}

function isStopped({ images, charts }: Plan, { onChange, onChartChange }: Partial<ImportRequest>): boolean {
  const hasConflict = (rows: readonly { readonly action: string }[]) =>
    rows.some((row) => row.action === 'conflict');
  return (onChange === 'stop' && hasConflict(images)) || (onChartChange === 'stop' && hasConflict(charts));
}

describe('a plan', () => {
  it('writes nothing, and the import does exactly what it says', async () => {
    await fc.assert(
      fc.asyncProperty(world, async ({ before, damages, packages, policies: request }) => {
        const state = join(scratch, `state-${String((made += 1))}`);
        const { target, charts } = await targetAfter(before, damages, state);
        const settings = { target, charts, state, packages: await written(packages), request };
        const held = snapshot(target, charts);
        const plan = await planInMemory(settings);
        expect(snapshot(target, charts)).toEqual(held);
        const report = await importInMemory(settings);
        if (!isStopped(plan, request)) return expectPlanned(plan, report);
        expect(report.problems.map(({ code }) => code)).toContain('run.stopped-by-policy');
        expect(snapshot(target, charts)).toEqual(held);
      }),
      { numRuns: 60, examples: [[UNREADABLE_AMONG_OTHERS], [SAME_IN_OTHER_FORM]] },
    );
  }, 120_000);

  it('is carried out with the decisions of a person, row by row', async () => {
    const choices = fc.array(fc.constantFrom<Decision>('replace', 'keep'), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(world, choices, async ({ before, damages, packages }, decisions) => {
        const state = join(scratch, `state-${String((made += 1))}`);
        const { target, charts } = await targetAfter(before, damages, state);
        const settings = { target, charts, state, packages: await written(packages) };
        const plan = await planInMemory(settings);
        let at = 0;
        const decide = <T extends { readonly decision: Decision | null }>(row: T): T =>
          row.decision === null
            ? row
            : { ...row, decision: decisions[at++ % decisions.length] ?? row.decision };
        const decided = { ...plan, images: plan.images.map(decide), charts: plan.charts.map(decide) };
        const report = await importInMemory({ ...settings, request: { plan: decided } });
        const causes = report.problems.filter(
          ({ code }) => code.startsWith('run.plan') || code === 'run.target-changed',
        );
        expect(causes).toEqual([]);
        const done = new Map(
          report.images.map((row) => [`${row.target} ${row.platform} ${row.digest}`, row]),
        );
        for (const [index, row] of decided.images.entries()) {
          const was = plan.images[index];
          const became = done.get(`${row.target} ${row.platform} ${row.digest}`);
          const isOther = row.decision !== was?.decision;
          if (isOther) expect([became?.action, became?.reason]).toEqual([row.decision, 'decided']);
          else if (row.action !== 'blocked')
            expect([became?.action, became?.reason]).toEqual([row.action, row.reason]);
        }
        const figures = figuresOf(decided);
        expect(report.totals.bytesSent).toBe(figures.bytesToSend);
        expect(report.totals.chartBytesSent).toBe(figures.chartBytes);
      }),
      { numRuns: 40 },
    );
  }, 120_000);

  it('has the figures that the comparison showed before charts were left out', async () => {
    const left = fc.constantFrom<readonly string[]>([], ['addon/one'], ['addon/two']);
    await fc.assert(
      fc.asyncProperty(world, left, async ({ before, packages }, skip) => {
        const state = join(scratch, `state-${String((made += 1))}`);
        const { target, charts } = await targetAfter(before, [], state);
        const settings = { target, charts, state, packages: await written(packages.map(alike)) };
        const isTaken = (chart: string) => !skip.includes(chart.replace(/@.*/, ''));
        const whole = await planInMemory(settings);
        if (skip.length > 0 && !whole.charts.some((chart) => isTaken(chartName(chart)))) return;
        const coverage = await compareInMemory(settings);
        const request = { selection: { skip } };
        const plan = await planInMemory({ ...settings, request });
        const figures = figuresOf(plan);
        expect(figuresOf(whole, isTaken)).toEqual(figures);
        const compared = coverage.figures && figuresOf(coverage.figures, isTaken);
        expect(compared).toEqual({ ...figures, charts: 0, chartBytes: 0 });
        expect(plan.needs).toMatchObject({
          bytesToSend: figures.bytesToSend,
          bytesPresent: figures.bytesPresent,
          chartBytes: figures.chartBytes,
        });
        const report = await importInMemory({ ...settings, request: { ...request, plan } });
        expect(report.totals.bytesSent).toBe(figures.bytesToSend);
        expect(report.totals.chartBytesSent).toBe(figures.chartBytes);
      }),
      { numRuns: 20 },
    );
  }, 120_000);

  it('is not carried out when a tag has changed since; nothing is written', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.nat(), async ({ before, packages }, which) => {
        const state = join(scratch, `state-${String((made += 1))}`);
        const { target, charts } = await targetAfter(before, [], state);
        const settings = { target, charts, state, packages: await written(packages) };
        const plan = await planInMemory(settings);
        const row = plan.images[which % plan.images.length];
        const [repository = '', tag = ''] = (row?.target ?? '').replace('memory.test/', '').split(':');
        const other = rawManifest(Buffer.from(`{"schemaVersion":1,"n":${String(which)}}`), 'text/plain');
        target.set(repository, tag, other);
        const held = snapshot(target, charts);
        const report = await importInMemory({ ...settings, request: { plan } });
        expect(report.problems.map(({ code }) => code)).toContain('run.target-changed');
        expect(snapshot(target, charts)).toEqual(held);
      }),
      { numRuns: 25 },
    );
  }, 120_000);
});

// What the vendor left out of a package is a note in every command; only an audit, which asks whether pods can start, has findings.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { commandLine } from '../support/command-line.js';
import {
  makeBundle,
  makeDockerArchive,
  makeImage,
  makePackage,
  tinyBundle,
  type TestBundle,
} from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { scratchFolders } from '../support/scratch.js';
import { packagePath, SEED } from '../support/seed.js';

const scratch = scratchFolders();
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startRegistry({ version: 3 });
});
afterAll(() => registry.stop());

const coded = z.array(z.looseObject({ code: z.string(), params: z.record(z.string(), z.unknown()) }));
const planSchema = z.looseObject({ problems: coded });
const proofSchema = z.looseObject({ ok: z.boolean(), notes: coded });
const auditSchema = z.looseObject({
  charts: z.array(
    z.looseObject({
      images: z.array(
        z.looseObject({
          reference: z.string(),
          state: z.string(),
          cause: z.looseObject({ code: z.string() }).nullable(),
        }),
      ),
    }),
  ),
});

const NOTES = new Set(['plan.image-not-shipped', 'plan.own-hints-unusable']);

/** The omissions that a command tells, `code chart image`, sorted. */
function omissions(problems: z.infer<typeof coded>): readonly string[] {
  return problems
    .filter(({ code }) => NOTES.has(code))
    .map(({ code, params }) => [code, params['chart'], params['image'] ?? ''].join(' ').trim())
    .sort();
}

/** Plans, imports, verifies and audits a package; every command but the audit tells the same notes. */
async function told(path: string, target: readonly string[]) {
  const run = commandLine(scratch());
  const plan = await run('plan', path, ...target, '--json');
  const notes = omissions(planSchema.parse(JSON.parse(plan.stdout)).problems);
  const imported = await run('import', path, ...target, '--json');
  expect(omissions(planSchema.parse(JSON.parse(imported.stdout)).problems)).toEqual(notes);
  for (const what of [[path], ['--run', 'latest']]) {
    const verified = await run('verify', ...what, ...target, '--json');
    expect(verified.stdout).toContain('"ok": true');
    expect(verified.code).toBe(0);
    expect(omissions(proofSchema.parse(JSON.parse(verified.stdout)).notes)).toEqual(notes);
  }
  const audit = await run('audit', ...target, '--json');
  const findings = auditSchema
    .parse(JSON.parse(audit.stdout))
    .charts.flatMap(({ images }) => images)
    .filter(({ state }) => state !== 'ok')
    .map(({ reference, state, cause }) => `${reference} ${state} ${cause?.code ?? ''}`.trim());
  return { codes: [plan.code, imported.code], notes, findings, audit: audit.code };
}

const HINT = '- "{{ .sub.image.registry }}/{{ .sub.image.repository }}:{{ .sub.image.tag }}"\n';
const DEPENDENCY = 'dependencies:\n  - name: sub\n    version: 1.0.0\n';

/** A chart with a subchart that has an image, and with hints of its own; `values` are the parent's. */
function withSubchart(dependency: string, values: string): Readonly<Record<string, string>> {
  return {
    'Chart.yaml': `apiVersion: v2\nname: demo\nversion: 1.0.0\n${dependency}`,
    'values.yaml': values,
    '.relok8s-images.yaml': HINT,
    'charts/sub/Chart.yaml': 'apiVersion: v2\nname: sub\nversion: 1.0.0\n',
    'charts/sub/values.yaml': 'image:\n  registry: ghcr.io\n  repository: demo/app\n  tag: "1"\n',
    'charts/sub/templates/app.yaml':
      'image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n',
  };
}

function packed(bundle: TestBundle): string {
  const path = join(scratch(), 'p-amd64.tar.gz');
  writeFileSync(path, makePackage([{ path: 'addon/demo_1.0.0.bundle.tar', body: makeBundle(bundle) }]));
  return path;
}

const image = makeDockerArchive([makeImage('ghcr.io/demo/app:1', 'amd64')]);
const ALIAS = `${DEPENDENCY}    alias: al\n`;

/** The same in a folder, where every name means the target, and in a registry. */
const targets = [
  ['a folder', () => ['--store', join(scratch(), 'store')]],
  [
    'a registry',
    (name: string) => [
      '--registry',
      registry.url,
      '--container-prefix-registry',
      `${registry.host}/${name}`,
      '--charts',
      `oci://${registry.host}/charts-${name}`,
    ],
  ],
] as const;

describe.each(targets)('in %s', (kind, target) => {
  it('a chart that was saved without its images', async () => {
    const bundle = tinyBundle('demo', []);
    const chart = { ...bundle.chart, '.relok8s-images.yaml': bundle.hints ?? '' };
    const path = packed({ ...bundle, chart, images: null });
    const { codes, notes, findings, audit } = await told(path, target('skipped'));
    expect(codes).toEqual([0, 0]);
    expect(notes).toEqual(['plan.image-not-shipped demo 1.0.0 ghcr.io/demo/app:1.0.0']);
    const state = kind === 'a folder' ? 'missing' : 'elsewhere';
    expect(findings).toEqual([`ghcr.io/demo/app:1.0.0 ${state} plan.image-not-shipped`]);
    expect(audit).toBe(5);
  });

  it('a chart that was saved without images and hints, and has hints of its own', async () => {
    const path = packed({ hints: '', chart: withSubchart(DEPENDENCY, 'x: 1\n'), images: null });
    const { codes, notes, findings } = await told(path, target('own'));
    expect(codes).toEqual([0, 0]);
    expect(notes).toEqual(['plan.image-not-shipped demo 1.0.0 ghcr.io/demo/app:1']);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatch(/plan\.image-not-shipped$/);
  });

  it('a chart with own hints that name values which Helm does not read', async () => {
    const values = 'sub:\n  image:\n    registry: quay.io\nal:\n  image:\n    tag: "1"\n';
    const path = packed({ hints: '', chart: withSubchart(ALIAS, values), images: null });
    const { codes, notes, findings } = await told(path, target('unread'));
    expect(codes).toEqual([0, 0]);
    // Helm reads the image under the alias
    expect(notes).toEqual(['plan.image-not-shipped demo 1.0.0 ghcr.io/demo/app:1']);
    expect(findings.map((line) => line.split(' ')[0])).toEqual(['ghcr.io/demo/app:1']);
  });

  it('a chart with own hints that do not fit its values', async () => {
    const chart = { ...withSubchart(DEPENDENCY, 'x: 1\n'), '.relok8s-images.yaml': '- "{{ .none }}"\n' };
    const { codes, notes } = await told(packed({ hints: '', chart, images: null }), target('misfit'));
    expect(codes).toEqual([0, 0]);
    expect(notes).toEqual(['plan.own-hints-unusable demo 1.0.0']);
  });

  it.each([
    ['only in its defaults', 'x: 1\n'],
    ['in a map of the parent', 'sub:\n  image:\n    tag: "1"\n'],
  ])('an aliased subchart whose image stands %s is imported, and right', async (_, values) => {
    const path = packed({ hints: HINT, chart: withSubchart(ALIAS, values), images: image });
    const answer = await told(path, target(`alias${String(values.length)}`));
    expect(answer).toEqual({ codes: [0, 0], notes: [], findings: [], audit: 0 });
  });

  it('an image that a run had brought and that is gone is a finding', async () => {
    if (kind === 'a registry') return;
    const folder = scratch();
    const run = commandLine(folder);
    const store = ['--store', join(folder, 'store')];
    const whole = join(folder, 'whole-amd64.tar.gz');
    const bundle = tinyBundle('demo', [makeImage('ghcr.io/demo/app:1.0.0', 'amd64')]);
    writeFileSync(whole, makePackage([{ path: 'addon/demo_1.0.0.bundle.tar', body: makeBundle(bundle) }]));
    const skipped = packed({ ...bundle, images: null });
    expect((await run('import', whole, ...store)).code).toBe(0);
    expect((await run('import', skipped, ...store)).code).toBe(0);
    rmSync(join(folder, 'store', 'oci'), { recursive: true });
    expect((await run('verify', skipped, ...store)).code).toBe(5);
  });
});

it.each(SEED)('after an import of the genuine package %s verify has notes at most', async (name) => {
  const { notes } = await told(packagePath(name), ['--store', join(scratch(), 'store')]);
  expect(notes).toEqual([]);
});

// Charts that name a registry past the values which an import rewrites: a note with the line in plan, import and verify, a finding in audit.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { commandLine } from '../support/command-line.js';
import { makeBundle, makeDockerArchive, makeImage, makePackage } from '../support/packages.js';
import { startRegistry, type RunningRegistry } from '../support/registries.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
let registry: RunningRegistry;
beforeAll(async () => {
  registry = await startRegistry({ version: 3 });
});
afterAll(() => registry.stop());

const CODE = 'plan.registry-past-values';
const IMAGE = 'image:\n  registry: ghcr.io\n  repository: demo/app\n  tag: "1"\n';
const GLOBAL = 'global:\n  imageRegistry: docks.example\n';
const PLAIN =
  'image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n';
const LITERAL = 'kind: Pod\nimage: "docks.example/{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n';
const HELPED = 'image: {{ include "demo.image" (dict "imageRoot" .Values.image "global" .Values.global) }}\n';
const ASSIGNED = `{{- define "demo.image" -}}
{{- $registry := .imageRoot.registry -}}
{{- if .global }}
{{- if .global.imageRegistry }}
{{- $registry = .global.imageRegistry -}}
{{- end -}}
{{- end -}}
{{- printf "%s/%s:%s" $registry .imageRoot.repository .imageRoot.tag -}}
{{- end -}}
`;
const DEFAULTED = `{{- define "demo.image" -}}
{{- $registry := default .imageRoot.registry ((.global).imageRegistry) -}}
{{- end -}}
`;

const coded = z.array(z.looseObject({ code: z.string(), params: z.record(z.string(), z.unknown()) }));

/** The lines that each command tells, and the exit code of the audit. */
async function told(values: string, templates: Readonly<Record<string, string>>) {
  const folder = scratch();
  const run = commandLine(folder);
  const chart = {
    'Chart.yaml': 'apiVersion: v2\nname: demo\nversion: 1.0.0\n',
    'values.yaml': values,
    '.relok8s-images.yaml': '- "{{ .image.registry }}/{{ .image.repository }}:{{ .image.tag }}"\n',
    ...templates,
  };
  const images = makeDockerArchive([makeImage('ghcr.io/demo/app:1', 'amd64')]);
  const bundle = makeBundle({ hints: chart['.relok8s-images.yaml'], chart, images });
  const path = join(folder, 'p-amd64.tar.gz');
  writeFileSync(path, makePackage([{ path: 'addon/demo_1.0.0.bundle.tar', body: bundle }]));
  const charts = ['--charts', join(folder, 'charts')];
  const target = ['--registry', registry.url, ...charts, '--json'];
  const lines = (problems: unknown): readonly string[] =>
    coded
      .parse(problems)
      .filter(({ code }) => code === CODE)
      .map(
        ({ params }) => `${String(params['file'])}:${String(params['line'])} ${String(params['registry'])}`,
      );
  const noted: (readonly string[])[] = [];
  for (const [command, ...what] of [
    ['plan', path],
    ['import', path],
    ['verify', path],
    ['verify', '--run', 'latest'],
  ]) {
    const { code, stdout } = await run(command ?? '', ...what, ...target);
    expect(code).toBe(0);
    const { problems, notes } = z
      .looseObject({ problems: z.unknown(), notes: z.unknown().optional() })
      .parse(JSON.parse(stdout));
    noted.push(lines(notes ?? problems));
  }
  const audit = await run('audit', ...target);
  const found = z
    .looseObject({ charts: z.array(z.looseObject({ problem: coded.element.nullable() })) })
    .parse(JSON.parse(audit.stdout))
    .charts.flatMap(({ problem }) => lines(problem ? [problem] : []));
  const [first = []] = noted;
  for (const one of noted) expect(one).toEqual(first);
  return { noted: first, audit: audit.code, found };
}

it.each([
  [
    'a registry literal beside a hinted repository',
    IMAGE,
    { 'templates/a.yaml': LITERAL },
    'templates/a.yaml:2',
  ],
  [
    'a global registry that a helper prefers',
    IMAGE + GLOBAL,
    { 'templates/a.yaml': HELPED, 'templates/_helpers.tpl': ASSIGNED },
    'templates/_helpers.tpl:5',
  ],
  [
    'a global registry that a helper takes for default',
    IMAGE + GLOBAL,
    { 'templates/a.yaml': HELPED, 'templates/_helpers.tpl': DEFAULTED },
    'templates/_helpers.tpl:2',
  ],
  [
    'a global registry in the line itself',
    IMAGE + GLOBAL,
    { 'templates/a.yaml': `image: "{{ .Values.global.imageRegistry }}/{{ .Values.image.repository }}:1"\n` },
    'templates/a.yaml:1',
  ],
])('%s is told', async (_, values, templates, place) => {
  const line = `${place} docks.example`;
  expect(await told(values, templates)).toEqual({ noted: [line], audit: 5, found: [line] });
});

it.each([
  ['values alone', IMAGE, { 'templates/a.yaml': PLAIN }],
  [
    'a global registry that is empty',
    `${IMAGE}global:\n  imageRegistry: ""\n`,
    { 'templates/a.yaml': HELPED, 'templates/_helpers.tpl': ASSIGNED },
  ],
  [
    'a global registry that nothing uses',
    IMAGE + GLOBAL,
    { 'templates/a.yaml': PLAIN, 'templates/_helpers.tpl': ASSIGNED },
  ],
  [
    'a global registry that comes second',
    IMAGE + GLOBAL,
    {
      'templates/a.yaml':
        'image: "{{ .Values.image.registry | default .Values.global.imageRegistry }}/{{ .Values.image.repository }}:1"\n',
    },
  ],
  [
    'a literal in a condition that nothing decides',
    IMAGE,
    { 'templates/a.yaml': `${PLAIN}{{- if eq .Values.image.tag "2" }}\n${LITERAL}{{- end }}\n` },
  ],
  [
    'a literal of another image',
    IMAGE,
    { 'templates/a.yaml': `${PLAIN}# docks.example\nother: docks.example/x:1\n` },
  ],
])('%s is not told', async (_, values, templates) => {
  expect(await told(values, templates)).toEqual({ noted: [], audit: 0, found: [] });
});

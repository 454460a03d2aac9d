// What the defaults of a chart name: only what helm would certainly render, checked against helm itself on every fixture chart.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readChart } from '../../core/chart/files/chart.js';
import { defaultImages } from '../../core/chart/default-images.js';
import { planChart } from '../../core/chart/relocation/plan-chart.js';
import { familiarReference, parseReference } from '../../core/content/reference.js';
import { renderedImages } from '../support/render.js';
import { fixtureCharts } from './fixture-charts.js';

function images(
  files: Readonly<Record<string, string>>,
  hinted: readonly (readonly string[])[] = [],
): readonly string[] {
  const all = { 'Chart.yaml': 'apiVersion: v2\nname: x\nversion: 1.0.0\n', ...files };
  const chart = readChart(new Map(Object.entries(all).map(([path, text]) => [path, Buffer.from(text)])));
  return defaultImages(chart, hinted).toSorted();
}

const pod = (image: string): string =>
  `kind: Pod\nspec:\n  containers:\n    - name: a\n      image: ${image}\n`;
const values = (path: string): string => pod(`"{{ .Values.${path}.repository }}:{{ .Values.${path}.tag }}"`);

describe('the defaults of a chart', () => {
  it('name images in lines of plain values, and as maps that are handed to a helper', () => {
    const text = [
      'web:',
      '  image: {registry: quay.io, repository: org/web, tag: "1.2"}',
      'api:',
      `  image: {repository: ghcr.io/org/api, digest: "sha256:${'ab'.repeat(32)}"}`,
      'tail: {registry: reg.local, tag: 1.20}',
      'job:',
      '  image: org/job:3',
      'late: {image: {repository: org/late, tag: ""}}',
      'unused:',
      '  image: {repository: ghcr.io/org/unused, tag: "1"}',
    ].join('\n');
    const lines = [
      '{{ include "image" (dict "root" .Values.web.image "x" 1) }}',
      pod('{{ .Values.job.image | quote }}'),
      pod('"{{ .Values.tail.registry }}/org/deep/app:v{{ .Values.tail.tag }}-alpine"'),
      pod('"{{ .Values.late.image.repository }}:{{ .Values.late.image.tag | default .Chart.AppVersion }}"'),
    ];
    const helpers = '{{ define "api" }}{{ template "image" .Values.api.image }}{{ end }}';
    expect(
      images({
        'Chart.yaml': 'apiVersion: v2\nname: x\nversion: 1.0.0\nappVersion: "7.7"\n',
        'values.yaml': text,
        'templates/a.yaml': lines.join('\n'),
        'templates/_helpers.tpl': helpers,
      }),
    ).toEqual([
      `ghcr.io/org/api@sha256:${'ab'.repeat(32)}`,
      'org/job:3',
      'org/late:7.7',
      'quay.io/org/web:1.2',
      'reg.local/org/deep/app:v1.2-alpine',
    ]);
  });

  it('name no image where the chart decides at run time, or where a value is no image name', () => {
    const text = [
      'image: {repository: org/app, tag: ""}',
      'other: {image: org/app}',
      'chart: {repository: "https://charts.example/stable", tag: "1"}',
      'git: {repository: git@example.com:org/app.git, tag: v1, registry: x}',
      'icon: {image: "data:image/png;base64,AAAA"}',
    ].join('\n');
    const used = ['image', 'other', 'chart', 'git', 'icon'].map(
      (key) =>
        `image: {{ .Values.${key}.image }}\n{{ toYaml .Values.${key} }}{{ toYaml .Values.${key}.image }}`,
    );
    expect(images({ 'values.yaml': text, 'templates/a.yaml': used.join('\n') })).toEqual([]);
  });

  it('leave out images that are switched off, or may be', () => {
    const text = [
      'metrics: {enabled: false, image: {repository: org/metrics, tag: "1"}}',
      'live: {enabled: true, image: {repository: org/live, tag: "1"}}',
      'a: {image: {repository: org/a, tag: "1"}}',
      'b: {image: {repository: org/b, tag: "1"}}',
      'c: {image: {repository: org/c, tag: "1"}}',
      'flag: false',
      'list: []',
    ].join('\n');
    const template = [
      '{{ include "image" .Values.metrics.image }}',
      '{{- if .Values.live.enabled }}',
      values('live.image'),
      '{{- else }}',
      pod('org/else:1'),
      '{{- end }}',
      '{{- if .Values.flag }}',
      values('a.image'),
      '{{- end }}',
      '{{- if and .Values.live.enabled (not .Values.flag) }}',
      values('b.image'),
      pod('org/complex:1'),
      '{{- end }}',
      '{{- range .Values.list }}',
      values('c.image'),
      '{{- end }}',
    ].join('\n');
    expect(images({ 'values.yaml': text, 'templates/a.yaml': template })).toEqual(['org/live:1']);
  });

  it('name images written literally in templates, but not in tests and notes', () => {
    expect(
      images({
        'templates/a.yaml':
          pod('busybox:1.36 # a shell') +
          pod('"quay.io/org/x@sha256:' + 'cd'.repeat(32) + '"') +
          pod('busybox'),
        'templates/tests/t.yaml': pod('org/test:1'),
        'templates/NOTES.txt': 'image: org/notes:1',
        'files/b.yaml': pod('org/file:1'),
      }),
    ).toEqual(['busybox:1.36', `quay.io/org/x@sha256:${'cd'.repeat(32)}`]);
  });

  it("include those of subcharts with the parent's values, under every name, unless a condition is false", () => {
    const sub = (name: string): Record<string, string> => ({
      [`charts/${name}/Chart.yaml`]: `name: ${name}\nversion: 1.0.0\n`,
      [`charts/${name}/values.yaml`]: `image: {repository: docker.io/org/${name}, tag: latest}\n`,
      [`charts/${name}/templates/a.yaml`]: values('image'),
    });
    const files = {
      'Chart.yaml': [
        'apiVersion: v2\nname: x\nversion: 1.0.0\ndependencies:',
        '  - {name: one, version: 1.0.0, condition: "one.enabled, global.one"}',
        '  - {name: two, version: 1.0.0, alias: second}',
        '  - {name: two, version: 1.0.0, alias: third}',
      ].join('\n'),
      'values.yaml': [
        'global: {one: false}',
        'second: {image: {repository: reg.local/org/two, tag: "2"}}',
        'third: {image: {tag: "3"}}',
      ].join('\n'),
      ...sub('one'),
      ...sub('two'),
      ...sub('four'),
    };
    expect(images(files)).toEqual([
      'docker.io/org/four:latest',
      'docker.io/org/two:3',
      'reg.local/org/two:2',
    ]);
    expect(images({ ...files, 'values.yaml': 'one: {enabled: true}\nglobal: {one: false}\n' })).toContain(
      'docker.io/org/one:latest',
    );
  });

  it('leave out images that a hint names', () => {
    const files = {
      'values.yaml': 'a: {image: {repository: org/a, tag: "1"}}\nb: {image: org/b:1}\nc: {image: org/c:1}\n',
      'templates/a.yaml': values('a.image') + pod('{{ .Values.b.image }}') + pod('{{ .Values.c.image }}'),
    };
    expect(
      images(files, [
        ['a', 'image', 'tag'],
        ['b', 'image'],
      ]),
    ).toEqual(['org/c:1']);
  });

  it('of every fixture chart are images that helm renders', { timeout: 60_000 }, async () => {
    let named = 0;
    for (const fixture of fixtureCharts()) {
      const chart = readChart(fixture.files);
      const folder = await mkdtemp(join(tmpdir(), 'archbridge-chart-'));
      try {
        for (const [path, bytes] of fixture.files) {
          await mkdir(dirname(join(folder, fixture.name, path)), { recursive: true });
          await writeFile(join(folder, fixture.name, path), bytes);
        }
        const canonical = (text: string): string =>
          familiarReference(parseReference(text) ?? { registry: '', repository: text });
        const rendered = (await renderedImages(join(folder, fixture.name))).map(canonical);
        const found = defaultImages(chart, []).map(canonical);
        named += found.length;
        expect(rendered, fixture.name).toEqual(expect.arrayContaining(found));
        const hinted = planChart(chart, null, {}).images.flatMap((image) => image.keys);
        const beyond = defaultImages(chart, hinted).map(canonical);
        expect(rendered, fixture.name).toEqual(expect.arrayContaining(beyond));
      } finally {
        await rm(folder, { recursive: true });
      }
    }
    expect(named).toBeGreaterThan(30);
  });
});

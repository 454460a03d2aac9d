// Renders the charts that we publish with helm: every image must be one that was pushed.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../core/content/digest.js';
import { formatReference } from '../../core/content/reference.js';
import { packChart } from '../../core/chart/files/archive.js';
import { readChart, type Chart } from '../../core/chart/files/chart.js';
import type { NamingRules } from '../../core/chart/relocation/naming.js';
import { planChart } from '../../core/chart/relocation/plan-chart.js';
import { relocateChart } from '../../core/chart/relocate-chart.js';
import { findProgram } from '../support/programs.js';
import { fixtureCharts } from './fixture-charts.js';

const helm = findProgram('helm');
const pushed: Digest = `sha256:${'cd'.repeat(32)}`;
let folder = '';

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'archbridge-helm-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The images in what `helm template` prints for a packed chart. */
function rendered(chart: Chart, archive: Buffer): string[] {
  const file = join(folder, `${chart.name}.tgz`);
  writeFileSync(file, archive);
  const output = execFileSync(helm ?? 'helm', ['template', 'r', file], { encoding: 'utf8' });
  return [...output.matchAll(/^[\s-]*image: "?([^"\n]+)"?$/gm)].map(([, image = '']) => image);
}

function expectTargetsOnly(chart: Chart, rules: NamingRules): void {
  const plan = planChart(chart, null, rules);
  expect(plan.problems).toEqual([]);
  const pins = new Map(plan.images.map(({ target }) => [formatReference(target), pushed]));
  const { files } = relocateChart(chart, plan, pins);
  const wanted = plan.images.map(({ target, pin }) =>
    pin ? `${target.registry}/${target.repository}@${pushed}` : formatReference(target),
  );
  expect(rendered(chart, packChart(chart.name, files)).sort()).toEqual([...new Set(wanted)].sort());
}

if (!helm) {
  it('needs helm, which is not installed: nothing was rendered', () => {
    process.stderr.write('helm is not installed: the published charts were NOT rendered\n');
  });
}

const settings: readonly [string, NamingRules][] = [
  ['containerRegistry', { containerRegistry: 'reg.local:5000' }],
  ['containerPrefixRegistry with a path', { containerPrefixRegistry: 'reg.local:5000/proxy' }],
  ['an appended origin', { containerPrefixRegistry: 'reg.local', appendOriginRegistry: true }],
  [
    'a repository and projects',
    { containerRegistry: 'reg.local', containerRepository: 'all', needsProject: true },
  ],
];

describe.runIf(helm)('Helm finds every image in the target', { timeout: 60_000 }, () => {
  it.each(settings)('under %s', (_, rules) => {
    // A version that both packages hold is the same chart in both
    const charts = new Map(
      fixtureCharts()
        .map(({ files }) => readChart(files))
        .map((chart) => [`${chart.name} ${chart.version}`, chart]),
    );
    for (const chart of charts.values()) expectTargetsOnly(chart, rules);
  });

  it('of subcharts under several names, packed and at any depth', () => {
    const image = 'image: {registry: docker.io, repository: deep/sea, tag: "1.5"}\n';
    const deployment =
      'kind: Pod\nspec:\n  containers:\n    - image: "{{ .Values.image.registry }}/{{ .Values.image.repository }}:{{ .Values.image.tag }}"\n';
    const leaf = new Map([
      ['Chart.yaml', Buffer.from('apiVersion: v2\nname: leaf\nversion: 1.0.0\n')],
      ['values.yaml', Buffer.from(image)],
      ['templates/pod.yaml', Buffer.from(deployment)],
    ]);
    const middle = new Map([
      [
        'Chart.yaml',
        Buffer.from(
          'apiVersion: v2\nname: middle\nversion: 1.0.0\ndependencies:\n- {name: leaf, version: 1.0.0, repository: "", alias: inner}\n',
        ),
      ],
      ['charts/leaf-1.0.0.tgz', packChart('leaf', leaf)],
    ]);
    const top = new Map([
      [
        'Chart.yaml',
        Buffer.from(
          'apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies:\n- {name: middle, version: 1.0.0, repository: "", alias: one}\n- {name: middle, version: 1.0.0, repository: "", alias: two}\n- {name: leaf, version: 1.0.0, repository: ""}\n',
        ),
      ],
      ['values.yaml', Buffer.from('# 顶层\r\none:\r\n  inner: {}   # empty\r\n')],
      [
        '.relok8s-images.yaml',
        Buffer.from(
          ['middle.leaf', 'leaf']
            .map(
              (at) =>
                `- "{{ .${at}.image.registry }}/{{ .${at}.image.repository }}:{{ .${at}.image.tag }}"\n`,
            )
            .join(''),
        ),
      ],
      ['charts/middle-1.0.0.tgz', packChart('middle', middle)],
      ['charts/leaf/Chart.yaml', leaf.get('Chart.yaml') ?? Buffer.alloc(0)],
      ['charts/leaf/values.yaml', Buffer.from(image.replace('deep/sea', 'shallow/sea'))],
      ['charts/leaf/templates/pod.yaml', Buffer.from(deployment)],
    ]);
    const chart = readChart(top);
    const plan = planChart(chart, null, { containerPrefixRegistry: 'reg.local' });
    const { files, changes } = relocateChart(chart, plan, new Map());
    expect(plan.problems).toEqual([]);
    expect(changes.map(({ path }) => path.join('.'))).toEqual([
      ...['one.inner', 'one.leaf', 'two.inner', 'two.leaf'].flatMap((at) => [
        `${at}.image.registry`,
        `${at}.image.repository`,
      ]),
      'leaf.image.registry',
      'leaf.image.repository',
    ]);
    const deep = 'reg.local/index.docker.io/deep/sea:1.5';
    expect(rendered(chart, packChart('top', files)).sort()).toEqual([
      deep,
      deep,
      'reg.local/index.docker.io/shallow/sea:1.5',
    ]);
  });
});

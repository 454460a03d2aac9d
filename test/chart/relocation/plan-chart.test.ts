// Names and changes of values for hints of every kind, with subcharts, aliases and digests.
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../../core/content/digest.js';
import { formatReference } from '../../../core/content/reference.js';
import { readChart, type Chart } from '../../../core/chart/files/chart.js';
import type { NamingRules } from '../../../core/chart/relocation/naming.js';
import { planChart, type ChartPlan } from '../../../core/chart/relocation/plan-chart.js';
import { relocateChart } from '../../../core/chart/relocate-chart.js';
import { readYaml, textAt } from '../../../core/chart/yaml/values.js';

function chartOf(
  values: string | null,
  more: Readonly<Record<string, string>> = {},
  dependencies = '[]',
): Chart {
  const metadata = `apiVersion: v2\nname: top\nversion: 1.0.0\ndependencies: ${dependencies}\n`;
  const files = { 'Chart.yaml': metadata, ...(values === null ? {} : { 'values.yaml': values }), ...more };
  return readChart(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
}

function hints(...lines: string[]): Buffer {
  return Buffer.from(lines.map((line) => `- '${line}'\n`).join(''));
}

function targets({ images }: ChartPlan): string[] {
  return images.map(({ target }) => formatReference(target));
}

/** values.yaml after relocation with the same digest for every pin. */
function values(chart: Chart, plan: ChartPlan, digest: Digest = `sha256:${'a'.repeat(64)}`): string {
  expect(plan.problems).toEqual([]);
  const { files } = relocateChart(chart, plan, new Map(targets(plan).map((target) => [target, digest])));
  return files.get('values.yaml')?.toString() ?? '';
}

const SPLIT = '{{ .i.registry }}/{{ .i.repository }}:{{ .i.tag }}';
const CR: NamingRules = { containerRegistry: 'reg.local' };
const PR: NamingRules = { containerPrefixRegistry: 'reg.local' };

describe('hints', () => {
  it('are those of the bundle, else those of the chart; empty ones give no images', () => {
    const chart = chartOf('i: ghcr.io/a/b:1\nj: ghcr.io/c/d:2\n', {
      '.relok8s-images.yaml': '- "{{ .i }}"\n',
    });
    expect(targets(planChart(chart, hints('{{ .j }}'), {}))).toEqual(['ghcr.io/c/d:2']);
    expect(targets(planChart(chart, null, {}))).toEqual(['ghcr.io/a/b:1']);
    expect(planChart(chart, Buffer.alloc(0), {})).toMatchObject({ images: [], problems: [] });
  });

  it.each([
    ['chart.hints-unreadable', 'a: b'],
    ['chart.hints-unreadable', '- [x]'],
    ['chart.hints-unreadable', '- "x'],
    ['chart.hint-malformed', '- docker.io/a/b:1'],
    ['chart.hint-malformed', '- "{{ .i.registry }}/a@sha256:{{ .i.tag }}"'],
    ['chart.hint-malformed', '- "{{ .i.registry | quote }}/a"'],
    ['chart.hint-value-missing', '- "{{ .i.registry }}/{{ .i.name }}"'],
    ['chart.hint-value-missing', '- "{{ .i }}"'],
    ['chart.reference-illegal', '- "{{ .i.registry }}/A"'],
    ['chart.hint-literal-name', '- "docker.io/{{ .i.repository }}"'],
  ])('a broken one is a problem: %s %s', (code, text) => {
    const chart = chartOf('i: {registry: ghcr.io, repository: a/b, tag: 1}\n');
    const plan = planChart(chart, Buffer.from(text), CR);
    expect(plan.problems.map((problem) => problem.code)).toEqual([code]);
    expect(plan.images).toEqual([]);
  });

  it('an error names chart, hint and key; the other hints are still planned', () => {
    const plan = planChart(chartOf('i: ghcr.io/a/b\n'), hints('{{ .i }}:{{ .t.u }}', '{{ .i }}'), CR);
    expect(plan.problems.map(({ params }) => params)).toEqual([
      { chart: 'top', hint: '{{ .i }}:{{ .t.u }}', key: 't.u' },
    ]);
    expect(targets(plan)).toEqual(['reg.local/a/b:latest']);
  });
});

describe('values', () => {
  it('lose a path in the registry value under containerRegistry', () => {
    const chart = chartOf('i: {registry: quay.io/barn, repository: door, tag: 1}\n');
    const plan = planChart(chart, hints(SPLIT), CR);
    expect(targets(plan)).toEqual(['reg.local/door:1']);
    expect(values(chart, plan)).toBe('i: {registry: reg.local, repository: door, tag: 1}\n');
  });

  it('move that path to the repository where the rule changes the repository', () => {
    const chart = chartOf('i: {registry: quay.io/barn, repository: door, tag: 1}\n');
    const plan = planChart(chart, hints(SPLIT), PR);
    expect(targets(plan)).toEqual(['reg.local/quay.io/barn/door:1']);
    expect(values(chart, plan)).toBe('i: {registry: reg.local, repository: quay.io/barn/door, tag: 1}\n');
  });

  it('get the project where names need one', () => {
    const chart = chartOf('i: {registry: docker.io, repository: nginx, tag: 1}\n');
    const plan = planChart(chart, hints(SPLIT), { ...CR, needsProject: true });
    expect(targets(plan)).toEqual(['reg.local/library/nginx:1']);
    expect(values(chart, plan)).toBe('i: {registry: reg.local, repository: library/nginx, tag: 1}\n');
  });

  it.each<[NamingRules, string, string]>([
    [CR, 'reg.local/x:1', 'i: {registry: "reg.local", repository: x, tag: 1}\n'],
    [
      PR,
      'reg.local/index.docker.io/library/x:1',
      'i: {registry: "reg.local", repository: index.docker.io/library/x, tag: 1}\n',
    ],
    [
      { containerPrefixRepository: 'p' },
      'index.docker.io/p/library/x:1',
      'i: {registry: "", repository: p/library/x, tag: 1}\n',
    ],
  ])('an empty registry means Docker Hub: %o', (rules, target, text) => {
    const chart = chartOf('i: {registry: "", repository: x, tag: 1}\n');
    const plan = planChart(chart, hints(SPLIT), rules);
    expect(targets(plan)).toEqual([target]);
    expect(values(chart, plan)).toBe(text);
  });

  it('stay as they are under mirror naming', () => {
    const chart = chartOf('i: {registry: docker.io, repository: x, tag: 1}\n');
    const plan = planChart(chart, hints(SPLIT), { ...CR, mirror: true });
    expect(targets(plan)).toEqual(['reg.local/library/x:1']);
    expect(values(chart, plan)).toBe(chart.valuesText);
  });

  it('without a tag get none; a tag inside a value stays', () => {
    const chart = chartOf('i: a/b\nj: a/c:1 # c\n');
    expect(values(chart, planChart(chart, hints('{{ .i }}', '{{ .j }}'), CR))).toBe(
      'i: reg.local/a/b\nj: reg.local/a/c:1 # c\n',
    );
  });

  it('that hints with literal ends share get one text', () => {
    const chart = chartOf('hub: docker.io/istio\nroot: docker.io\nname: x/y\n');
    const plan = planChart(
      chart,
      hints('{{ .hub }}/pilot:1', '{{ .hub }}/proxy:1', '{{ .root }}/{{ .name }}:1', '{{ .root }}/nginx:1'),
      CR,
    );
    expect(targets(plan)).toEqual([
      'reg.local/istio/pilot:1',
      'reg.local/istio/proxy:1',
      'reg.local/x/y:1',
      'reg.local/nginx:1',
    ]);
    expect(values(chart, plan)).toBe('hub: reg.local/istio\nroot: reg.local\nname: x/y\n');
  });

  it('of a hint with two values follow a hint with one value', () => {
    const chart = chartOf('root: docker.io\nname: x/y\n');
    const plan = planChart(chart, hints('{{ .root }}/{{ .name }}:1', '{{ .root }}/a/b:1'), PR);
    expect(targets(plan)).toEqual(['reg.local/index.docker.io/x/y:1', 'reg.local/index.docker.io/a/b:1']);
    expect(values(chart, plan)).toBe('root: reg.local/index.docker.io\nname: x/y\n');
  });

  it('of two registries beside one shared repository get what the rule adds', () => {
    const chart = chartOf('a: ghcr.io\nb: quay.io\nname: x/y\n');
    const plan = planChart(chart, hints('{{ .a }}/{{ .name }}:1', '{{ .b }}/{{ .name }}:1'), PR);
    expect(targets(plan)).toEqual(['reg.local/ghcr.io/x/y:1', 'reg.local/quay.io/x/y:1']);
    expect(values(chart, plan)).toBe('a: reg.local/ghcr.io\nb: reg.local/quay.io\nname: x/y\n');
  });

  it('that would need two different texts are a problem', () => {
    const chart = chartOf('root: docker.io\n');
    const plan = planChart(chart, hints('{{ .root }}/nginx:1', '{{ .root }}/a/b:1'), {
      ...CR,
      needsProject: true,
    });
    expect(plan.problems.map(({ code, params }) => [code, params['key']])).toEqual([
      ['chart.value-conflict', 'root'],
    ]);
  });

  it('of a hint with three values: the first one changes', () => {
    const chart = chartOf('r: quay.io\norg: org\napp: app\nt: 1\n');
    const plan = planChart(chart, hints('{{ .r }}/{{ .org }}/{{ .app }}:v{{ .t }}'), PR);
    expect(targets(plan)).toEqual(['reg.local/quay.io/org/app:v1']);
    expect(values(chart, plan)).toBe('r: reg.local/quay.io\norg: org\napp: app\nt: 1\n');
  });
});

describe('digests', () => {
  const old = `sha256:0123456789abcdef${'0'.repeat(48)}`;

  it('give a pin tag, and the pushed digest is written to the values', () => {
    const chart = chartOf(`i:\n  registry: quay.io\n  repository: a/b\n  digest: ${old} # of 1.0\n`);
    const plan = planChart(chart, hints('{{ .i.registry }}/{{ .i.repository }}@{{ .i.digest }}'), CR);
    expect(targets(plan)).toEqual(['reg.local/a/b:pin-0123456789abcdef']);
    expect(plan.images[0]?.source).toEqual({ registry: 'quay.io', repository: 'a/b', digest: old });
    expect(values(chart, plan)).toBe(
      `i:\n  registry: reg.local\n  repository: a/b\n  digest: sha256:${'a'.repeat(64)} # of 1.0\n`,
    );
    expect(() => relocateChart(chart, plan, new Map())).toThrow('reg.local/a/b:pin-0123456789abcdef');
  });

  it('are replaced inside a longer value', () => {
    const chart = chartOf(`i: quay.io/a/b:v1@${old}\n`);
    const plan = planChart(chart, hints('{{ .i }}'), PR);
    expect(values(chart, plan)).toBe(`i: reg.local/quay.io/a/b:v1@sha256:${'a'.repeat(64)}\n`);
  });

  it('are replaced by the pushed ones also without any rule', () => {
    const chart = chartOf(`i: {registry: docker.io, repository: a/b@${old}}\n`);
    const plan = planChart(chart, hints('{{ .i.registry }}/{{ .i.repository }}'), {});
    expect(targets(plan)).toEqual(['index.docker.io/a/b:pin-0123456789abcdef']);
    expect(values(chart, plan)).toBe(`i: {registry: docker.io, repository: a/b@sha256:${'a'.repeat(64)}}\n`);
  });
});

describe('subcharts', () => {
  const sub = {
    'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n',
    'charts/sub/values.yaml': 'i: {registry: quay.io, repository: a/b, tag: 1}\n',
  };
  const hint = hints('{{ .sub.i.registry }}/{{ .sub.i.repository }}:{{ .sub.i.tag }}');

  it('get their map in the top values.yaml; missing maps are created', () => {
    const chart = chartOf(null, sub);
    expect(values(chart, planChart(chart, hint, CR))).toBe('sub:\n  i:\n    registry: reg.local\n');
  });

  it('are written under each alias, and under the name if Helm reads that', () => {
    const aliased = chartOf('x: 1\n', sub, '[{name: sub, alias: one}, {name: sub, alias: two}]');
    expect(values(aliased, planChart(aliased, hint, CR))).toBe(
      'x: 1\none:\n  i:\n    registry: reg.local\ntwo:\n  i:\n    registry: reg.local\n',
    );
    const both = chartOf('', sub, '[{name: sub}, {name: sub, alias: two}]');
    expect(values(both, planChart(both, hint, CR))).toBe(
      'sub:\n  i:\n    registry: reg.local\ntwo:\n  i:\n    registry: reg.local\n',
    );
  });

  it('an alias with another image is left alone; with that alone the hint is a problem', () => {
    const two = chartOf('two: {i: {tag: 2}}\n', sub, '[{name: sub}, {name: sub, alias: two}]');
    expect(values(two, planChart(two, hint, CR))).toBe(
      'two: {i: {tag: 2}}\nsub:\n  i:\n    registry: reg.local\n',
    );
    const one = chartOf('two: {i: {tag: 2}}\n', sub, '[{name: sub, alias: two}]');
    expect(planChart(one, hint, CR).problems.map(({ code }) => code)).toEqual(['chart.hint-not-read']);
  });

  it('an alias in the hint works without any key in the parent', () => {
    const chart = chartOf('', sub, '[{name: sub, alias: two}]');
    const plan = planChart(
      chart,
      hints('{{ .two.i.registry }}/{{ .two.i.repository }}:{{ .two.i.tag }}'),
      CR,
    );
    expect(values(chart, plan)).toBe('two:\n  i:\n    registry: reg.local\n');
  });

  it('global values are written once, at the top', () => {
    const files = { ...sub, 'charts/sub/values.yaml': 'global: {registry: quay.io}\nname: a/b:1\n' };
    const chart = chartOf('global:\n  registry: quay.io\n', files);
    const plan = planChart(chart, hints('{{ .sub.global.registry }}/{{ .sub.name }}'), CR);
    expect(values(chart, plan)).toBe('global:\n  registry: reg.local\n');
  });

  it('`keys` holds every key that may be written, changed or not', () => {
    const chart = chartOf('', sub);
    expect(planChart(chart, hint, CR).images.flatMap(({ keys }) => keys)).toEqual([
      ['sub', 'i', 'registry'],
      ['sub', 'i', 'repository'],
    ]);
  });
});

it('keeps a byte order mark and every other file', () => {
  const chart = chartOf('\ufeffi: a/b:1\r\n', { 'Chart.lock': 'digest: x\n' });
  const { files, changes } = relocateChart(chart, planChart(chart, hints('{{ .i }}'), CR), new Map());
  expect(files.get('values.yaml')?.toString()).toBe('\ufeffi: reg.local/a/b:1\r\n');
  expect(changes).toEqual([{ path: ['i'], from: 'a/b:1', to: 'reg.local/a/b:1' }]);
  for (const [path, bytes] of chart.files) if (path !== 'values.yaml') expect(files.get(path)).toBe(bytes);
  expect(textAt(readYaml(chart.valuesText ?? '').data, ['i'])).toBe('a/b:1');
});

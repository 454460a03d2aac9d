// The original tool's outcomes for every setting and every fixture chart, and where we differ on purpose.
import { describe, expect, it } from 'vitest';
import type { Digest } from '../../core/content/digest.js';
import { formatReference } from '../../core/content/reference.js';
import { readChart, type Chart } from '../../core/chart/files/chart.js';
import { planChart } from '../../core/chart/relocation/plan-chart.js';
import { relocateChart } from '../../core/chart/relocate-chart.js';
import { fixtureCharts, goldenCases, inPackage, renderingCases, type GoldenCase } from './fixture-charts.js';
import { losesPorts, ONLY_OURS, ourName, VALUES_EXCEPTIONS } from './golden-exceptions.js';

const charts = fixtureCharts().map((fixture) => ({ ...fixture, chart: readChart(fixture.files) }));
const pushed: Digest = `sha256:${'ab'.repeat(32)}`;

function relocated(chart: Chart, rules: GoldenCase['rules']): ReturnType<typeof relocateChart> {
  const plan = planChart(chart, null, rules);
  expect(plan.problems).toEqual([]);
  return relocateChart(
    chart,
    plan,
    new Map(plan.images.map(({ target }) => [formatReference(target), pushed])),
  );
}

// Without a rule the original fails for every chart: see below
const cases = goldenCases().filter(({ name }) => name !== 'no-rule');

describe.each(cases.map((golden) => [golden.name, golden] as const))('golden case %s', (_, golden) => {
  const held = charts.filter((chart) =>
    golden.packages.some(({ version, arch }) => inPackage(chart, version, arch)),
  );
  const current = golden.packages.at(-1)?.version;

  it('writes the same values', () => {
    const expected = Object.keys(golden.values);
    for (const id of expected) {
      const fixture = held.findLast(
        ({ chart, version }) =>
          `${chart.name}-${chart.version}` === id && (version === current || golden.packages.length > 1),
      );
      if (!fixture) throw new Error(`no fixture for ${id}`);
      const { files } = relocated(fixture.chart, golden.rules);
      for (const [path, text] of Object.entries(golden.values[id] ?? {})) {
        const exception = VALUES_EXCEPTIONS.find(
          ({ chart }) => chart === fixture.name && path === 'values.yaml',
        );
        expect(files.get(path)?.toString(), `${id} ${path}`).toBe(
          exception ? exception.ours(text, golden.rules) : text,
        );
      }
    }
    const lost = ONLY_OURS.filter(({ when }) => when(golden.rules)).map(({ chart }) => chart);
    for (const { chart } of held) {
      const published = expected.includes(`${chart.name}-${chart.version}`);
      if (golden.packages.length === 1) expect(published, chart.name).toBe(!lost.includes(chart.name));
    }
  });

  it('pushes the same names', () => {
    const ours = new Set<string>();
    for (const { chart, name: chartName } of held) {
      for (const { target } of planChart(chart, null, golden.rules).images) {
        const pushedByUsOnly =
          chartName === 'mooring' || (chartName === 'gangway' && losesPorts(golden.rules));
        if (!pushedByUsOnly) ours.add(`${target.repository}:${target.tag ?? ''}`);
      }
    }
    expect([...ours].sort()).toEqual(golden.names.map(ourName).sort());
  });
});

it('keeps every name and every byte without a rule, where the original fails', () => {
  for (const { chart, name } of charts) {
    const plan = planChart(chart, null, {});
    for (const { source, target, pin, changes } of plan.images) {
      expect(changes).toEqual([]);
      if (!pin) expect(target).toEqual(source);
    }
    if (name !== 'mooring') expect(relocated(chart, {}).files).toBe(chart.files);
  }
});

it('gives gangway a legal name under a prefix registry', () => {
  const gangway = charts.find(({ name }) => name === 'gangway');
  if (!gangway) throw new Error('no gangway');
  const { images } = planChart(gangway.chart, null, { containerPrefixRegistry: 'reg.local:5000/proxy' });
  expect(images.map(({ target }) => formatReference(target))).toEqual([
    'reg.local:5000/proxy/localhost-5001/gangway/web:1.1.0',
    'reg.local:5000/proxy/index.docker.io/localhost/gangway/job:1.1.0',
  ]);
});

// Hints that the original cannot load
const BETTER: Readonly<Record<string, string>> = {
  'tag: 1234567': 'ghcr.io/a/b:1234567',
  'tag: 20240101': 'ghcr.io/a/b:20240101',
  'no dot': 'ghcr.io/a/b:v1',
  'tag and digest': `ghcr.io/a/b@sha256:${'0'.repeat(64)}`,
};

describe('hint rendering', () => {
  it.each(renderingCases().map((recorded) => [recorded.case, recorded] as const))('%s', (name, recorded) => {
    const files = new Map([
      ['Chart.yaml', Buffer.from('apiVersion: v2\nname: x\nversion: 1.0.0\n')],
      ['values.yaml', Buffer.from(recorded.values)],
    ]);
    const plan = planChart(readChart(files), Buffer.from(recorded.hints), { containerRegistry: 'reg.local' });
    const wanted = BETTER[name] ?? recorded.rendered;
    expect(plan.images.map(({ source }) => formatReference(source))).toEqual(wanted ? [wanted] : []);
    expect(plan.problems).toHaveLength(wanted || recorded.noImages ? 0 : 1);
  });
});

// When a published chart counts as the same as ours, as different only in keys that we write, or as another chart.
import { describe, expect, it } from 'vitest';
import { packChart } from '../../../core/chart/files/archive.js';
import { compareCharts } from '../../../core/chart/files/equality.js';
import type { ChartFiles } from '../../../core/chart/types.js';

const BASE = {
  'Chart.yaml':
    'apiVersion: v2\nname: c\nversion: 1.0.0\ndependencies:\n- {name: sub, version: 1.0.0, repository: "https://x"}\n',
  'values.yaml': 'image: {registry: reg.local, tag: "1.0"}\nreplicas: 2\n',
  'templates/x.yaml': 'x',
  'charts/sub/Chart.yaml': 'name: sub\nversion: 1.0.0\n',
  'charts/sub/values.yaml': 'a: 1\n',
};
const WRITTEN = [
  ['image', 'registry'],
  ['image', 'repository'],
  ['sub', 'image', 'registry'],
];

function chart(changes: Readonly<Record<string, string | Buffer | null>> = {}): ChartFiles {
  const texts: Record<string, string | Buffer | null> = { ...BASE, ...changes };
  return new Map(
    Object.entries(texts).flatMap(([path, text]) => (text === null ? [] : [[path, Buffer.from(text)]])),
  );
}

describe('two charts', () => {
  it.each<[string, Readonly<Record<string, string | Buffer | null>>]>([
    ['nothing', {}],
    ['lock files', { 'Chart.lock': 'digest: x\n', 'requirements.lock': '' }],
    [
      'notation and order of the values',
      { 'values.yaml': "# c\nreplicas: 2\nimage:\n  tag: '1.0'\n  registry: reg.local\n" },
    ],
    [
      'where dependencies come from',
      {
        'Chart.yaml':
          'name: c\nversion: 1.0.0\napiVersion: v2\ndependencies:\n- name: sub\n  version: 1.0.0\n  repository: ""\n',
      },
    ],
    [
      'the packing of a subchart',
      {
        'charts/sub/Chart.yaml': null,
        'charts/sub/values.yaml': null,
        'charts/sub-1.0.0.tgz': packChart(
          'sub',
          new Map([
            ['Chart.yaml', Buffer.from(BASE['charts/sub/Chart.yaml'])],
            ['values.yaml', Buffer.from('a: 1 # one\n')],
          ]),
        ),
      },
    ],
  ])('are the same though they differ in %s', (_, changes) => {
    expect(compareCharts(chart(changes), chart(), WRITTEN)).toBe('same');
    expect(compareCharts(chart(), chart(changes), WRITTEN)).toBe('same');
  });

  it.each([
    ['another registry', 'image: {registry: old.local, tag: "1.0"}\nreplicas: 2\n'],
    ['a key of other rules', 'image: {registry: reg.local, repository: a/b, tag: "1.0"}\nreplicas: 2\n'],
    [
      'a map that was created',
      'image: {registry: reg.local, tag: "1.0"}\nreplicas: 2\nsub: {image: {registry: reg.local}}\n',
    ],
  ])('differ only in what Archbridge writes: %s', (_, values) => {
    expect(compareCharts(chart({ 'values.yaml': values }), chart(), WRITTEN)).toBe('only-ours');
    expect(compareCharts(chart(), chart({ 'values.yaml': values }), WRITTEN)).toBe('only-ours');
  });

  it.each<[string, Readonly<Record<string, string | Buffer | null>>]>([
    ['another value', { 'values.yaml': 'image: {registry: reg.local, tag: "1.1"}\nreplicas: 2\n' }],
    ['a value that is no text', { 'values.yaml': 'image: {registry: reg.local, tag: 1.0}\nreplicas: 2\n' }],
    ['a template', { 'templates/x.yaml': 'x\n' }],
    ['a missing file', { 'templates/x.yaml': null }],
    ['the version', { 'Chart.yaml': BASE['Chart.yaml'].replace('1.0.0', '1.0.1') }],
    ["a subchart's values", { 'charts/sub/values.yaml': 'a: 2\n' }],
    ['a list where a map was', { 'values.yaml': 'image: []\nreplicas: 2\n' }],
    ['values that cannot be read', { 'values.yaml': 'a: [' }],
    ['a subchart that cannot be read', { 'charts/y.tgz': 'z' }],
  ])('are different: %s', (_, changes) => {
    expect(compareCharts(chart(changes), chart(), WRITTEN)).toBe('different');
    expect(compareCharts(chart(), chart(changes), WRITTEN)).toBe('different');
  });
});

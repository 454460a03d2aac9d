// Which options give sources of one name different names, and which charts cannot be judged without the images' content.
import { describe, expect, it } from 'vitest';
import { readChart } from '../../../core/chart/files/chart.js';
import { planChart } from '../../../core/chart/relocation/plan-chart.js';
import { partingOptions, unprovenCollisions } from '../../../core/chart/relocation/shared-names.js';
import { parseReference } from '../../../core/content/reference.js';

function options(host: string, ...sources: readonly string[]): readonly string[] {
  return partingOptions(
    sources.flatMap((source) => parseReference(source) ?? []),
    host,
  );
}

describe('the options that part sources', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    [
      'other paths',
      ['mirror.example/docker.io/acme/mount:1', 'docker.io/acme/mount:1'],
      ['--container-prefix-registry r.io', '--naming mirror'],
    ],
    [
      'one path on two hosts',
      ['a.io/acme/mount:1', 'b.io/acme/mount:1'],
      ['--container-prefix-registry r.io'],
    ],
    [
      'a source that lies in the target already',
      ['r.io/a.io/acme/mount:1', 'a.io/acme/mount:1'],
      ['--naming mirror'],
    ],
    [
      'three sources, two with one path',
      ['a.io/x/y:1', 'b.io/x/y:1', 'b.io/z/y:1'],
      ['--container-prefix-registry r.io'],
    ],
    [
      'two of one path and one that lies in the target already',
      ['a.io/x/y:1', 'b.io/x/y:1', 'r.io/a.io/x/y:1'],
      ['--container-prefix-registry r.io/origins'],
    ],
  ])('%s', (_, sources, expected) => {
    expect(options('r.io', ...sources)).toEqual(expected);
  });
});

it('two images of a chart under one name are a problem unless both are brought', () => {
  const chart = readChart(
    new Map([
      ['Chart.yaml', Buffer.from('name: top\nversion: 1.0.0\n')],
      ['values.yaml', Buffer.from('a: q.io/x/y\nb: q.io/z/y\n')],
    ]),
  );
  const hints = Buffer.from(JSON.stringify(['{{ .a }}:1', '{{ .b }}:1']));
  const plan = planChart(chart, hints, { containerRegistry: 'r.io', containerRepository: 'all' });
  expect(plan.problems).toEqual([]);
  expect(unprovenCollisions(plan, new Set(['q.io/x/y:1', 'q.io/z/y:1']))).toEqual([]);
  for (const brought of [[], ['q.io/x/y:1']]) {
    const [problem] = unprovenCollisions(plan, new Set(brought));
    expect(problem?.code).toBe('chart.target-collision');
    expect(problem?.params).toMatchObject({
      first: 'q.io/x/y:1',
      second: 'q.io/z/y:1',
      target: 'r.io/all/y:1',
    });
    expect(problem?.params['settings']).toBe('--container-prefix-registry r.io, --naming mirror');
  }
});

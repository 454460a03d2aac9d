// The rows of the comparison: grouped by chart, filtered, searched, sorted and folded.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CellState, Coverage, CoverageImage } from '../../core/contract.js';
import {
  compareRows,
  countsOf,
  SHOW_ALL,
  countShown,
  shownImages,
  skipPattern,
  type CompareView,
} from '../../renderer/stores/compare/compare-rows.js';

const VIEW: CompareView = { ...SHOW_ALL, sort: 'chart', folded: {} };
const STATES: readonly CellState[] = [
  'same',
  'add',
  'replace',
  'keep',
  'conflict',
  'missing',
  'mislabelled',
  'not-used',
  'unreadable',
];

function image(source: string, charts: readonly string[], state: CellState, bytesToSend = 0): CoverageImage {
  const cell = {
    state,
    stale: false,
    digest: `sha256:${source}`,
    from: '',
    version: '',
    created: null,
    bytes: 0,
    reason: '',
  };
  return {
    source,
    sources: [source],
    target: `reg/${source}`,
    charts,
    cells: { 'linux/amd64': cell },
    before: [],
    after: [],
    bytesToSend,
    problem: null,
  };
}

function coverage(images: readonly CoverageImage[]): Coverage {
  return {
    schema: 'archbridge.coverage/1',
    platforms: ['linux/amd64'],
    required: [],
    packages: [],
    target: null,
    images,
    summary: {},
    figures: null,
    tagsRead: null,
    detail: null,
    problems: [],
  };
}

const SAMPLE = coverage([
  image('a/same', ['addon/zeta@1'], 'same'),
  image('a/new', ['addon/alpha@2'], 'add', 7),
  image('a/shared', ['addon/alpha@2', 'addon/zeta@1'], 'same'),
  image('a/odd', ['addon/mid@3'], 'conflict', 1),
  image('a/alone', [], 'replace', 9),
]);

/** What each chart alone would send. */
const BYTES = new Map([
  ['addon/alpha@2', 7],
  ['addon/mid@3', 1],
  ['', 9],
]);

function lines(view: Partial<CompareView>): readonly string[] {
  return compareRows(SAMPLE, { ...VIEW, ...view }, BYTES).map((row) =>
    row.kind === 'chart' ? `[${row.chart}]${row.open ? '' : ' closed'}` : row.image.source,
  );
}

describe('rows of a comparison', () => {
  it('are grouped by charts in order of their names; charts without changes start closed', () => {
    expect(lines({})).toEqual([
      '[addon/alpha@2]',
      'a/new',
      'a/shared',
      '[addon/mid@3]',
      'a/odd',
      '[addon/zeta@1] closed',
      '[]',
      'a/alone',
    ]);
  });

  it('are opened and closed by the person', () => {
    expect(lines({ folded: { 'addon/alpha@2': true, 'addon/zeta@1': false } })).toEqual([
      '[addon/alpha@2] closed',
      '[addon/mid@3]',
      'a/odd',
      '[addon/zeta@1]',
      'a/same',
      'a/shared',
      '[]',
      'a/alone',
    ]);
  });

  it('are filtered, searched (names, charts, digests) and sorted', () => {
    expect(lines({ filter: 'attention' })).toEqual(['[addon/mid@3]', 'a/odd']);
    expect(lines({ filter: 'changes' })).toEqual(['[addon/alpha@2]', 'a/new', '[]', 'a/alone']);
    expect(lines({ search: ' ZETA ' })).toEqual([
      '[addon/alpha@2]',
      'a/shared',
      '[addon/zeta@1]',
      'a/same',
      'a/shared',
    ]);
    expect(lines({ search: 'sha256:a/odd' })).toEqual(['[addon/mid@3]', 'a/odd']);
    expect(lines({ sort: 'attention' })[0]).toBe('[addon/mid@3]');
    expect(lines({ sort: 'bytes' }).filter((line) => line.startsWith('['))).toEqual([
      '[]',
      '[addon/alpha@2]',
      '[addon/mid@3]',
      '[addon/zeta@1] closed',
    ]);
  });

  it('hold every image that passes the filter at least once, in every view', () => {
    const images = fc.array(
      fc.record({
        name: fc.string({ minLength: 1, maxLength: 6 }),
        charts: fc.uniqueArray(fc.constantFrom('addon/a@1', 'addon/b@1', 'c/d@2'), { maxLength: 3 }),
        state: fc.constantFrom(...STATES),
      }),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(images, fc.constantFrom('all', 'changes', 'attention'), (made, filter) => {
        const all = coverage(made.map(({ name, charts, state }, i) => image(`${name}${i}`, charts, state)));
        const folded = { 'addon/a@1': false, 'addon/b@1': false, 'c/d@2': false, '': false };
        const rows = compareRows(all, { ...VIEW, filter, folded }, BYTES);
        const shown = new Set(rows.flatMap((row) => (row.kind === 'image' ? [row.image.source] : [])));
        expect(shown.size).toBe(countsOf(all)[filter]);
      }),
    );
  });

  it('name a chart for --skip without its version', () => {
    expect(skipPattern('addon/nginx@1.2.0+7')).toBe('addon/nginx');
    expect(skipPattern('nginx@1')).toBe('nginx');
  });
});

describe('filters', () => {
  const images = [
    image('x/part10:1', ['addon/a@1'], 'add'),
    image('x/part2:1', ['addon/a@1', 'addon/b@1'], 'same'),
    image('x/gap:1', [], 'missing'),
  ];
  const shown = (view: Partial<CompareView>) =>
    shownImages({ images }, { ...VIEW, ...view }, new Map()).map(({ source }) => source);

  it('show numbers in their natural order, and each image once', () => {
    expect(shown({})).toEqual(['x/part2:1', 'x/part10:1', 'x/gap:1']);
  });

  it('are for a state, a chart and a platform', () => {
    expect(shown({ state: 'missing' })).toEqual(['x/gap:1']);
    expect(shown({ chart: 'addon/b@1' })).toEqual(['x/part2:1']);
    expect(shown({ chart: '' })).toEqual(['x/gap:1']);
    expect(shown({ platform: 'linux/arm64' })).toEqual([]);
    expect(shown({ platform: 'linux/amd64', state: 'add' })).toEqual(['x/part10:1']);
    expect(countShown({ images }, VIEW)).toBe(3);
    expect(countShown({ images }, { ...VIEW, state: 'missing' })).toBe(1);
  });

  it('list the chosen chart alone, also for images of several charts', () => {
    const rows = compareRows({ images }, { ...VIEW, chart: 'addon/b@1' }, new Map());
    expect(rows.map((row) => (row.kind === 'chart' ? row.chart : row.image.source))).toEqual([
      'addon/b@1',
      'x/part2:1',
    ]);
  });
});

// Names of the parts of split packages: which belong together, in which order, and which one is missing.
import { describe, expect, it } from 'vitest';
import { splitSetOf, splitSets } from '../../../core/package/source/split-names.js';

const numbered = (head: string, from: number, to: number, width: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, at) => head + String(from + at).padStart(width, '0'));

describe('the parts of', () => {
  it.each<[string, readonly string[], string]>([
    ['split -d', numbered('x.tar.gz.part-', 0, 11, 2), 'x.tar.gz'],
    ['split -d with a dot', numbered('x.tar.gz.', 0, 3, 2), 'x.tar.gz'],
    ['split -d without a dot', numbered('x.tar.gz', 0, 3, 2), 'x.tar.gz'],
    ['7-Zip', numbered('x.tar.gz.', 1, 12, 3), 'x.tar.gz'],
    ['a person', numbered('x.tar.gz.part', 1, 12, 1), 'x.tar.gz'],
    ['a person who writes zeros', numbered('x.tar.gz.part', 1, 12, 2), 'x.tar.gz'],
    ['a zip program', numbered('x.tar.gz.z', 1, 3, 2), 'x.tar.gz'],
    ['split', ['x.tar.gz.aa', 'x.tar.gz.ab', 'x.tar.gz.ac'], 'x.tar.gz'],
    ['split without a dot', ['x.tgzaa', 'x.tgzab'], 'x.tgz'],
    ['split with a word', ['x.tar.part-aa', 'x.tar.part-ab'], 'x.tar'],
    ['split -a 3', ['x.tar.aaa', 'x.tar.aab'], 'x.tar'],
    ['a file without ending', ['x.part01', 'x.part02'], 'x'],
    ['split with more than 90 parts', [...numbered('x.tar.', 0, 89, 2), 'x.tar.9000', 'x.tar.9001'], 'x.tar'],
    [
      'split -x',
      ['x.tar.08', 'x.tar.09', 'x.tar.0a', 'x.tar.0b'].reduce(
        (all, name) => [...all, name],
        numbered('x.tar.', 0, 7, 2),
      ),
      'x.tar',
    ],
  ])('%s', (_, parts, whole) => {
    const names = [...parts].reverse();
    const [set, ...more] = splitSets([...names, 'x.tar.gz.sha512', 'y.tar.gz', 'x.tar.bak']);
    expect(more).toEqual([]);
    expect(set).toMatchObject({ whole, parts, missing: null });
    for (const name of parts) expect(splitSetOf(name, names)).toMatchObject({ whole, parts });
  });

  it.each<[readonly string[], string]>([
    [['x.tar.gz.part-00', 'x.tar.gz.part-02'], 'x.tar.gz.part-01'],
    [['x.tar.gz.part-01', 'x.tar.gz.part-03'], 'x.tar.gz.part-02'],
    [['x.tar.gz.001', 'x.tar.gz.002', 'x.tar.gz.004'], 'x.tar.gz.003'],
    [['x.tar.gz.003'], 'x.tar.gz.001'],
    [['x.tar.gz.part-02', 'x.tar.gz.part-03'], 'x.tar.gz.part-00'],
    [['x.tar.gz.part3'], 'x.tar.gz.part1'],
    [['x.tar.gz.part-ab'], 'x.tar.gz.part-aa'],
    [['x.tar.gz.part-aa', 'x.tar.gz.part-ac'], 'x.tar.gz.part-ab'],
    [[...numbered('x.tar.part', 1, 9, 1), 'x.tar.part11'], 'x.tar.part10'],
  ])('%j lack one', (names, missing) => {
    expect(splitSets(names)).toMatchObject([{ missing, parts: names }]);
  });

  it('are one more than there are', () => {
    const next = (...names: string[]): string | undefined => splitSets(names)[0]?.next;
    expect(next('x.tar.gz.part-00')).toBe('x.tar.gz.part-01');
    expect(next('x.tar.gz.aa', 'x.tar.gz.ab')).toBe('x.tar.gz.ac');
    expect(next(...numbered('x.tar.part', 1, 9, 1))).toBe('x.tar.part10');
  });
});

describe('files of their own', () => {
  it.each<[readonly string[]]>([
    [['x.tar.gz', 'x.tar.xz', 'y.tar']],
    [['x.tar.aa', 'x.tar.gz'].slice(1)],
    [['x.tar.gz.part', 'x.tar.gz.partial', 'x.tar.gz.aria2', 'x.tar.gz.sha512', 'x.tar.gz.asc']],
    [['x.tar.gz.2024', 'x.tar.gz.20241201', 'x.tar.gz.5']],
    [['addon-v0.9.0-amd64.tar.gz', 'addon-v0.10.0-amd64.tar.gz']],
    [['x (1).tar.gz', 'x (2).tar.gz']],
  ])('%j', (names) => {
    expect(splitSets(names)).toEqual([]);
    for (const name of names) expect(splitSetOf(name, names)).toBeNull();
  });

  it('may lie beside parts', () => {
    const names = ['x.tar.aa', 'x.tar.ab', 'x.tar.gz', 'x.tar.xz'];
    expect(splitSets(names)).toMatchObject([{ parts: ['x.tar.aa', 'x.tar.ab'], missing: null }]);
    expect(splitSetOf('x.tar.gz', names)).toBeNull();
  });

  it('may look like parts, and are not sure ones', () => {
    expect(splitSets(['x.tar.gz.1', 'x.tar.gz.2'])).toMatchObject([{ isUnsure: true }]);
    expect(splitSets(['x.part1.tar.gz', 'x.part2.tar.gz'])).toMatchObject([
      { isUnsure: true, whole: 'x.tar.gz' },
    ]);
  });
});

// docs/targets.md names a test for every behaviour at every target and for every trap: each of them exists, and says what it runs against.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../support/source-tree.js';

const MARKS = new Set(['real', 'double', 'recorded', 'documentation', 'test']);
const text = readFileSync(join(PROJECT_ROOT, 'docs/targets.md'), 'utf8');

interface NamedTest {
  readonly mark: string;
  readonly file: string;
  readonly name: string;
}

/** The cells of the rows of a table, without its head. */
function rowsOf(table: string): readonly (readonly string[])[] {
  const [, after = ''] = text.split(`<!-- table: ${table} -->`);
  const lines = after.trim().split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

function testsIn(cell: string): readonly NamedTest[] {
  return [...cell.matchAll(/\[(\w+)\]\(\.\.\/(test\/[^\s)]+) '([^']+)'\)/g)].map(
    ([, mark = '', file = '', name = '']) => ({ mark, file, name }),
  );
}

const behaviours = rowsOf('behaviours');
const traps = rowsOf('traps');
const named = [...behaviours, ...traps].flat().flatMap(testsIn);

describe('docs/targets.md', () => {
  it('names only tests that exist', () => {
    expect(named.length).toBeGreaterThan(60);
    const missing = named.filter(
      ({ file, name }) => !readFileSync(join(PROJECT_ROOT, file), 'utf8').includes(name),
    );
    expect(missing).toEqual([]);
  });

  it('has a test, or says that none applies, for each behaviour at each of six targets', () => {
    for (const [behaviour, ...cells] of behaviours) {
      expect(cells, behaviour).toHaveLength(6);
      for (const cell of cells)
        expect(cell === '-' || testsIn(cell).length === 1, `${behaviour ?? ''}: ${cell}`).toBe(true);
    }
  });

  it('calls nothing real that is a double', () => {
    for (const { mark } of named) expect(MARKS).toContain(mark);
    for (const [, two, three, harbor, jfrog, ...others] of behaviours) {
      for (const cell of [two, three]) for (const { mark } of testsIn(cell ?? '')) expect(mark).toBe('real');
      for (const cell of [harbor, ...others])
        for (const { mark } of testsIn(cell ?? '')) expect(['double', 'recorded']).toContain(mark);
      for (const { mark } of testsIn(jfrog ?? '')) expect(mark).toBe('documentation');
    }
  });

  it('meets each of the seventeen traps in a test', () => {
    expect(traps.map(([trap]) => Number.parseInt(trap ?? '', 10))).toEqual(
      Array.from({ length: 17 }, (_, at) => at + 1),
    );
    for (const [trap, tests] of traps) expect(testsIn(tests ?? '').length, trap).toBeGreaterThan(0);
  });
});

// The comparison of documents with output: which differences it ignores and which it finds.
import { describe, expect, it } from 'vitest';
import { consoleSteps, isAsShown, type RunIds } from '../support/console-story.js';

const same = (shown: string, printed: string, runs: RunIds = new Map()): boolean =>
  isAsShown(shown.split('\n'), printed, runs);

describe('a document', () => {
  it('gives its commands with their output, from console blocks only', () => {
    const text = ['a', '```yaml', '$ no', '```', '```console', '$ one', 'x', '$ two', '```', '$ no'].join(
      '\n',
    );
    expect(consoleSteps(text)).toEqual([
      { line: 6, command: 'one', output: ['x'] },
      { line: 8, command: 'two', output: [] },
    ]);
    expect(() => consoleSteps('```console\nx\n```')).toThrow('line 2');
  });
});

describe('output', () => {
  it('is compared line by line, without the widths of columns', () => {
    expect(same('a  b\n\nc', 'a    b\n\nc\n')).toBe(true);
    expect(same('a b\nc', 'a b\nc d')).toBe(false);
    expect(same('a', 'a\nb')).toBe(false);
    expect(same('a\nb', 'a')).toBe(false);
    expect(same('', 'a')).toBe(false);
    expect(same('ab', 'a b')).toBe(false);
  });

  it('may have cut lines, and cuts within lines', () => {
    expect(same('…', 'a\nb')).toBe(true);
    expect(same('a\n…', 'a\nb\nc')).toBe(true);
    expect(same('…\nc', 'a\nb\nc')).toBe(true);
    expect(same('…\nb\n…', 'a\nb\nc')).toBe(true);
    expect(same('a …', 'a b c')).toBe(true);
    expect(same('…\nb', 'a\nb\nc')).toBe(false);
    expect(same('b\n…', 'a\nb\nc')).toBe(false);
    expect(same('…\nc\n…\na\n…', 'a\nb\nc')).toBe(false);
    expect(same('…\na\nc\n…', 'a\nb\nc')).toBe(false);
    expect(same('a …', 'b c')).toBe(false);
  });

  it('is compared without times, durations, free space and what depends on the port of a registry', () => {
    expect(same('Done in 2s, 1 kB needed, 81.1 GB free', 'Done in 1m 05s, 1.1 kB needed, 7.00 GB free')).toBe(
      true,
    );
    expect(same('2026-11-26T02:21:06Z', '2027-01-02T03:04:05.678Z')).toBe(true);
    expect(
      same('sent 1 kB of images and 5.52 kB of charts', 'sent 1 kB of images and 5.6 kB of charts'),
    ).toBe(true);
    expect(same('sent 1 kB of images and 5 kB of charts', 'sent 2 kB of images and 5 kB of charts')).toBe(
      false,
    );
    expect(same('Done in 2s: 3', 'Done in 2s: 4')).toBe(false);
    expect(same('linux/arm64 4 stale', 'linux/arm64 5 stale')).toBe(false);
  });

  it('may name other runs, but the same run in the same places', () => {
    const [one, two] = ['20261126T022106027-69fc6d', '20261126T022105424-293c2d'];
    const [here, there] = ['20270101T000000000-aaaaaa', '20270101T000000001-bbbbbb'];
    const runs: RunIds = new Map();
    expect(same(`run ${one}`, `run ${here}`, runs)).toBe(true);
    expect(same(`${two} undoes ${one}`, `${there} undoes ${here}`, runs)).toBe(true);
    expect(same(`undoes ${one}`, `undoes ${there}`, runs)).toBe(false);
    expect(same(`${one} ${one}`, `${here} ${there}`)).toBe(false);
    expect(same(`run ${one}`, 'run 1')).toBe(false);
  });
});

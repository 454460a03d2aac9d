// What the drawer of Compare marks as different, word by word.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  differencesAcross,
  pairDifferences,
  pairLayers,
  wordLine,
  type Line,
} from '../../renderer/stores/compare/image-differences.js';
import { variantOf } from '../report/coverage-values.js';

const written = (lines: readonly Line[]): readonly string[] =>
  lines.map(({ parts }) => parts.map(({ text, differs }) => (differs ? `[${text}]` : text)).join(''));
const layer = (letter: string) => ({
  digest: `sha256:${letter.repeat(64)}`,
  bytes: 5,
  shared: false,
  command: '',
});

describe('two builds for one platform', () => {
  const left = variantOf({
    env: ['PATH=/usr/bin:/bin', 'GOMEMLIMIT=3GiB', 'MODE=fast'],
    labels: { maintainer: 'platform-team' },
    command: ['--config.file=/etc/p.yml', '--web.enable-lifecycle'],
  });
  const right = variantOf({
    env: ['MODE=fast', 'PATH=/usr/local/bin:/bin'],
    labels: { maintainer: 'The Authors' },
    command: ['--config.file=/etc/p.yml'],
  });
  const rows = pairDifferences(left, right);
  const row = (field: string) => {
    const found = rows.find((one) => one.field === field);
    if (!found) throw new Error(`no ${field}`);
    return found;
  };

  it('differ in the marked words only', () => {
    expect(written(row('env').left)).toEqual(['[GOMEMLIMIT=3GiB]', 'MODE=fast', 'PATH=/usr/bin:/bin']);
    expect(written(row('env').right)).toEqual(['MODE=fast', 'PATH=/usr/[local/]bin:/bin']);
    expect(written(row('command').left)).toEqual(['--config.file=/etc/p.yml[ --web.enable-lifecycle]']);
    expect(written(row('command').right)).toEqual(['--config.file=/etc/p.yml']);
    expect(written(row('labels').left)).toEqual(['maintainer=[platform-team]']);
    expect(row('env').left.map(({ change }) => change)).toEqual(['own', 'same', 'changed']);
  });

  it('have the fields that differ first, and none that neither has', () => {
    expect(rows.map(({ field, differs }) => `${field}${differs ? '*' : ''}`)).toEqual([
      ...['command*', 'env*', 'labels*'],
      ...['digest', 'version', 'created', 'bytes', 'entrypoint', 'programs', 'mediaType', 'config'],
    ]);
  });

  it('list the layers that they share once', () => {
    const pairs = pairLayers(
      variantOf({ layers: [layer('a'), layer('b'), layer('d')] }),
      variantOf({ layers: [layer('a'), layer('c'), layer('d')] }),
    );
    expect(pairs.map(({ layer: { digest }, where }) => `${digest[7] ?? ''} ${where}`)).toEqual([
      ...['a both', 'b left', 'c right', 'd both'],
    ]);
  });

  it('are not different for what one of them does not tell', () => {
    const told = pairDifferences(
      variantOf({ programs: 'unknown', created: null, version: '' }),
      variantOf({}),
    );
    expect(told.filter(({ differs }) => differs)).toEqual([]);
  });

  it('lose no character of a line, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const { parts, change } = wordLine(one, other);
        expect(parts.map(({ text }) => text).join('')).toBe(one);
        expect(change === 'same').toBe(one === other);
      }),
    );
  });

  it('with very long lines are compared line by line', () => {
    const long = Array.from({ length: 5000 }, (_, at) => String(at)).join(' ');
    expect(wordLine(long, `${long} more`).parts).toEqual([{ text: long, differs: true }]);
    const many = Array.from({ length: 900 }, (_, at) => `a${String(at)}`).join(' ');
    expect(wordLine(many, many.replaceAll('a', 'b')).parts).toEqual([{ text: many, differs: true }]);
  });
});

describe('builds for several platforms', () => {
  it('are not marked for what differs by nature', () => {
    const rows = differencesAcross([
      variantOf({ env: ['TARGETARCH=amd64', 'LIB=/lib/x86_64-linux-gnu'] }),
      variantOf({
        ...{ platform: 'linux/arm64', digest: `sha256:${'1'.repeat(64)}`, bytes: 7, created: null },
        ...{ programs: 'linux/arm64', env: ['LIB=/lib/aarch64-linux-gnu', 'TARGETARCH=arm64'] },
      }),
    ]);
    expect(rows.filter(({ differs }) => differs)).toEqual([]);
  });

  it('are marked where one has something that another one lacks', () => {
    const [first] = differencesAcross([
      variantOf({ env: ['PATH=/bin'], user: 'nobody' }),
      variantOf({ platform: 'linux/arm64', env: ['DEBUG=1', 'PATH=/bin'], user: 'nobody' }),
    ]);
    expect(first?.field).toBe('env');
    expect(first?.cells.map(written)).toEqual([['PATH=/bin'], ['[DEBUG=1]', 'PATH=/bin']]);
  });
});

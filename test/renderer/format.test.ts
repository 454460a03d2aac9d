// Formats of numbers, bytes and times.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytes, clauses, dateTime, duration, list, percent, shortDigest } from '../../renderer/format.js';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [42_679, '43 kB'],
    [999_600, '1 MB'],
    [122_400_000, '122 MB'],
    [999_700_000, '1.0 GB'],
    [4_830_000_000, '4.8 GB'],
    [61_000_000_000_000, '61.0 TB'],
  ])('%d are %s', (value, text) => {
    expect(plain(bytes(value, 'en'))).toBe(text);
  });

  it('never show a thousand of a unit that has a larger one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 9.9e14, noNaN: true }), (value) => {
        expect(Number.parseFloat(bytes(value, 'en').replaceAll(',', ''))).toBeLessThan(1000);
      }),
    );
  });
});

describe('percents', () => {
  it('are 100 only when all is done, and 0 only when nothing is', () => {
    fc.assert(
      fc.property(fc.nat({ max: 10_000 }), fc.integer({ min: 1, max: 10_000 }), (done, total) => {
        const value = percent(done, total);
        expect(value === 100).toBe(done >= total);
        expect(value === 0).toBe(done === 0);
        expect(Number.isInteger(value)).toBe(true);
      }),
    );
  });
});

describe('times', () => {
  const now = new Date('2026-11-22T18:00:00');

  it('show the year only when it is not the current one', () => {
    expect(dateTime('2026-10-03T14:20:00', 'en', now)).toBe('3 October, 14:20');
    expect(dateTime('2025-10-03T14:20:00', 'en', now)).toBe('3 October 2025, 14:20');
    expect(dateTime('2026-10-03T14:20:00', 'zh-CN', now)).toBe('10月3日 14:20');
  });

  it('show durations in the two largest units', () => {
    expect(plain(duration(0.2, 'en'))).toBe('0 s');
    expect(plain(duration(778, 'en'))).toBe('12 min 58 s');
    expect(plain(duration(7384, 'en'))).toBe('2 h 3 min');
    expect(plain(duration(120, 'zh-CN'))).toBe('2 分');
  });
});

describe('lists', () => {
  it('are written with the commas of the language', () => {
    expect(list(['a', 'b'], 'en')).toBe('a, b');
    expect(list(['a', 'b'], 'zh-CN')).toBe('a、b');
    expect(clauses(['3 个镜像', '2 个 Chart'], 'zh-CN')).toBe('3 个镜像，2 个 Chart');
  });
});

describe('digests', () => {
  it('are shortened in the middle', () => {
    expect(shortDigest(`sha256:7d21${'0'.repeat(56)}b04e`)).toBe('sha256:7d21…b04e');
    expect(shortDigest('short')).toBe('short');
  });
});

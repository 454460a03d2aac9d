// Parsing lines of the log.
import { describe, expect, it } from 'vitest';
import { matchesLine, parseLine } from '../../renderer/stores/log-lines.js';

describe('a line of the log', () => {
  it('has a time, a level and words', () => {
    expect(parseLine('2026-01-31T12:00:00.000Z warn retried url="/v2/"', 1)).toMatchObject({
      time: '2026-01-31T12:00:00.000Z',
      level: 'warn',
      message: 'retried url="/v2/"',
    });
  });

  it('is shown unchanged when it has another form', () => {
    expect(parseLine('npm notice', 2)).toMatchObject({ time: null, level: 'info', message: 'npm notice' });
  });

  it('is found by level and words', () => {
    const line = parseLine('2026-01-31T12:00:00.000Z warn Retried', 3);
    expect(matchesLine(line, 'info', '')).toBe(true);
    expect(matchesLine(line, 'error', '')).toBe(false);
    expect(matchesLine(line, 'debug', ' retried ')).toBe(true);
    expect(matchesLine(line, 'debug', 'pushed')).toBe(false);
  });
});

// Long waits that a server asks for: bounded altogether, told once, and cancellable.
import { describe, expect, it } from 'vitest';
import { Patience, type LongWait } from '../../core/flow/patience.js';

const never = { signal: new AbortController().signal };
const reason = new Error('busy');

describe('the patience of a run', () => {
  it('does not begin a wait that is longer than it lasts', async () => {
    const told: LongWait[] = [];
    const patience = new Patience(1_000, (wait) => told.push(wait));
    expect(await patience.wait(1_001, reason, never)).toBe(false);
    expect(await patience.wait(Number.POSITIVE_INFINITY, reason, never)).toBe(false);
    expect(await new Patience(0).wait(1, reason, never)).toBe(false);
    expect(told).toEqual([]);
  });

  it('counts what was waited before, until a request succeeds', async () => {
    const patience = new Patience(60);
    expect(await patience.wait(50, reason, never)).toBe(true);
    expect(await patience.wait(50, reason, never)).toBe(false);
    patience.recovered();
    expect(await patience.wait(50, reason, never)).toBe(true);
  });

  it('tells of waits at the same time once, and of one that ends much later again', async () => {
    const told: number[] = [];
    const patience = new Patience(100_000, ({ until }) => told.push(until));
    const stop = new AbortController();
    const waits = [20, 20, 30, 50_000].map((ms) => patience.wait(ms, reason, stop).catch(() => 'stopped'));
    expect(told).toHaveLength(2);
    stop.abort();
    expect(await Promise.all(waits)).toContain('stopped');
  });

  it('ends at once when it is cancelled', async () => {
    const stop = new AbortController();
    const waiting = new Patience(1e9).wait(1e8, reason, stop);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
  });
});

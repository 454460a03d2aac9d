// The limit of the bytes that wait between package and target.
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ByteBudget } from '../../core/flow/byte-budget.js';

const signal = new AbortController().signal;

describe('ByteBudget', () => {
  it('never grants more than its total, and serves all waiters', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 30 }), async (wishes) => {
        const budget = new ByteBudget(64);
        let held = 0;
        let most = 0;
        let served = 0;
        await Promise.all(
          wishes.map(async (bytes) => {
            const release = await budget.take(bytes, { signal });
            held += Math.min(bytes, 64);
            most = Math.max(most, held);
            await new Promise((resolve) => setImmediate(resolve));
            held -= Math.min(bytes, 64);
            served += 1;
            release();
            release();
          }),
        );
        expect(most).toBeLessThanOrEqual(64);
        expect(served).toBe(wishes.length);
      }),
      { numRuns: 50 },
    );
  });

  it('takes nothing for a waiter that was cancelled', async () => {
    const budget = new ByteBudget(10);
    const release = await budget.take(10, { signal });
    const cancelling = new AbortController();
    const waiting = budget.take(5, { signal: cancelling.signal });
    cancelling.abort();
    await expect(waiting).rejects.toThrow('cancelled');
    release();
    await budget.take(10, { signal });
  });
});

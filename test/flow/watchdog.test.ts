// Work that stands still is ended with its reason; work that moves, or waits on purpose, is not.
import { describe, expect, it } from 'vitest';
import { endAtStandstill } from '../../core/flow/watchdog.js';

const { signal } = new AbortController();
const still = new Error('still');

/** Work that ends after some looks of the watchdog, or with its signal. */
async function worked(isWaiting: boolean, moves: boolean): Promise<unknown> {
  let looks = 0;
  let sign = performance.now();
  return endAtStandstill(
    (options) =>
      new Promise((resolve) => {
        const timer = setInterval(() => {
          if (moves) sign = performance.now();
          if (options.signal.aborted || (looks += 1) > 30) {
            clearInterval(timer);
            resolve(options.signal.reason);
          }
        }, 5);
      }),
    { limitMs: 60, lastSign: () => sign, isWaiting: () => isWaiting, failure: () => still, signal },
  );
}

describe('work that is watched', () => {
  it('is ended when nothing moves', async () => {
    expect(await worked(false, false)).toBe(still);
  });

  it('goes on while it moves, and while it waits on purpose', async () => {
    expect(await worked(false, true)).toBeUndefined();
    expect(await worked(true, false)).toBeUndefined();
  });
});

// Asking again until an answer is the expected one.
import { describe, expect, it } from 'vitest';
import { polled } from '../../core/flow/poll.js';

const never = { signal: new AbortController().signal };

describe('polled', () => {
  it('asks until the answer is expected', async () => {
    let asked = 0;
    const answer = await polled(
      () => Promise.resolve((asked += 1)),
      (count) => count === 3,
      10_000,
      never,
    );
    expect([answer, asked]).toEqual([3, 3]);
  });

  it('gives the last answer when the time is over, and asks at least once', async () => {
    expect(
      await polled(
        () => Promise.resolve('no'),
        () => false,
        0,
        never,
      ),
    ).toBe('no');
    let asked = 0;
    expect(
      await polled(
        () => Promise.resolve((asked += 1)),
        () => false,
        30,
        never,
      ),
    ).toBe(asked);
    expect(asked).toBeGreaterThan(1);
  });

  it('stops when it is cancelled', async () => {
    const stop = new AbortController();
    const ask = (): Promise<null> => (stop.abort(), Promise.resolve(null));
    await expect(polled(ask, () => false, 60_000, stop)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

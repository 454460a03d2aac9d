// A limited number of tasks at a time.
import { describe, expect, it } from 'vitest';
import { forEachLimited, TaskPool } from '../../core/flow/task-pool.js';

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('forEachLimited', () => {
  it('runs everything, never more than the limit at a time', async () => {
    let running = 0;
    let most = 0;
    const done: number[] = [];
    await forEachLimited([1, 2, 3, 4, 5, 6, 7], 3, async (item) => {
      running += 1;
      most = Math.max(most, running);
      await turn();
      running -= 1;
      done.push(item);
    });
    expect(most).toBe(3);
    expect(done.sort()).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  it('throws the first failure after the running tasks have ended', async () => {
    const ended: number[] = [];
    const work = forEachLimited([1, 2], 2, async (item) => {
      await turn();
      if (item === 1) throw new Error('first');
      ended.push(item);
    });
    await expect(work).rejects.toThrow('first');
    expect(ended).toEqual([2]);
  });
});

it('starts nothing more after a failure', async () => {
  const begun: number[] = [];
  const work = forEachLimited([1, 2, 3, 4, 5], 1, (item) => {
    begun.push(item);
    return item === 2 ? Promise.reject(new Error('enough')) : Promise.resolve();
  });
  await expect(work).rejects.toThrow('enough');
  expect(begun).not.toContain(4);
});

describe('TaskPool', () => {
  it('can be used again after a failure was thrown', async () => {
    const pool = new TaskPool(1);
    await pool.start(() => Promise.reject(new Error('once')));
    await expect(pool.drain()).rejects.toThrow('once');
    await pool.start(() => Promise.resolve());
    await pool.drain();
  });
});

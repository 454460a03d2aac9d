// Memory that is used again: its limit, and what must not be used again.
import { describe, expect, it } from 'vitest';
import { MemoryPool } from '../../core/flow/memory-pool.js';

const MIB = 1 << 20;

describe('MemoryPool', () => {
  it('gives memory that was given back, for any length of the same size', () => {
    const pool = new MemoryPool(64 * MIB);
    const first = pool.take(3 * MIB);
    expect(first.length).toBe(3 * MIB);
    pool.give(first.subarray(0, 10));
    const second = pool.take(4 * MIB);
    expect(second.buffer).toBe(first.buffer);
    expect(pool.take(4 * MIB).buffer).not.toBe(first.buffer);
  });

  it('never gives memory that was left to the garbage collector', () => {
    const pool = new MemoryPool(64 * MIB);
    const first = pool.take(MIB);
    pool.drop(first);
    expect(pool.take(MIB).buffer).not.toBe(first.buffer);
  });

  it('frees what nobody uses before it makes more than its limit', () => {
    const pool = new MemoryPool(8 * MIB);
    const small = Array.from({ length: 8 }, () => pool.take(MIB));
    for (const one of small) pool.give(one);
    pool.take(4 * MIB);
    // freed at once: the buffers have no bytes any more
    expect(small.filter((one) => one.buffer.byteLength === 0)).toHaveLength(4);
  });

  it('counts what a buffer takes of the limit', () => {
    expect([1000, 256 * 1024, 3 * MIB, 8 * MIB].map((bytes) => MemoryPool.cost(bytes))).toEqual([
      1000,
      256 * 1024,
      4 * MIB,
      8 * MIB,
    ]);
  });
});

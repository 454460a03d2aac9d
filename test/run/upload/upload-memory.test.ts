// The memory that uploads of a run share.
import { expect, it } from 'vitest';
import { UploadMemory } from '../../../core/run/upload/upload-memory.js';

const MIB = 1024 * 1024;
const signal = new AbortController().signal;

/** Whether a promise has resolved, after everything that can happen without waiting. */
async function isThere(promise: Promise<unknown>): Promise<boolean> {
  let there = false;
  void promise.then(() => (there = true));
  await new Promise((resolve) => setImmediate(resolve));
  return there;
}

it('is free for the next blob as soon as the end of an earlier one needs less, while that one is still being sent', async () => {
  const memory = new UploadMemory(4, signal);
  expect(memory.window).toBe(12 * MIB);
  const [first, second] = await Promise.all(Array.from({ length: 4 }, () => memory.pass(20 * MIB)));
  const next = memory.pass(20 * MIB);
  first?.onSent(8 * MIB);
  // what is left to come fills the whole window
  expect(await isThere(next)).toBe(false);
  first?.onSent(6 * MIB);
  second?.onSent(13 * MIB);
  expect(await isThere(next)).toBe(false);
  second?.onSent(1 * MIB);
  expect(await isThere(next)).toBe(true);
  // the end of an upload gives back the rest, and no byte twice
  const further = memory.pass(20 * MIB);
  first?.release();
  first?.release();
  expect(await isThere(further)).toBe(false);
  second?.release();
  expect(await isThere(further)).toBe(true);
});

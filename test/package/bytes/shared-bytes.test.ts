// One reading for several runs: the same bytes for each, the files read once, and nobody waits for one that stands still.
import { createHash } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SharedBytes, type SharedReader } from '../../../core/package/bytes/shared-bytes.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const MIB = 1 << 20;
const { signal } = new AbortController();

/** A package in two parts, of pieces that all differ. */
function parts(...sizes: readonly number[]): {
  readonly paths: string[];
  readonly sha256: string;
  readonly size: number;
} {
  const folder = scratch();
  const hash = createHash('sha256');
  const paths = sizes.map((size, at) => {
    const path = join(folder, `part-${String(at)}`);
    writeFileSync(path, '');
    for (let left = size, n = 0; left > 0; left -= MIB, n += 1) {
      const piece = Buffer.alloc(Math.min(left, MIB), `${String(at)} ${String(n)} `);
      hash.update(piece);
      appendFileSync(path, piece);
    }
    return path;
  });
  return { paths, sha256: hash.digest('hex'), size: sizes.reduce((sum, one) => sum + one, 0) };
}

async function all(reader: SharedReader, options = { signal }): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of reader.read(options)) {
    hash.update(piece);
    // as a thread does that the bytes are handed to
    piece.fill(0);
  }
  return hash.digest('hex');
}

/** Runs until every other task that can go on has gone on. */
async function settled(): Promise<void> {
  for (let n = 0; n < 200; n += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a shared reading', () => {
  it('gives each run every byte and reads the files once', async () => {
    const { paths, sha256, size } = parts(5 * MIB + 3, 2 * MIB);
    const shared = new SharedBytes(paths, { windowBytes: 2 * MIB });
    const alone: number[] = [];
    const readers = [1, 2, 3].map(() => shared.reader((offset) => alone.push(offset)));
    expect(await Promise.all(readers.map((reader) => all(reader)))).toEqual([sha256, sha256, sha256]);
    expect(shared.bytesRead).toBe(size);
    expect(alone).toEqual([]);
  });

  it('waits for a run that begins later, and not for one that left or is held', async () => {
    const { paths, sha256, size } = parts(3 * MIB);
    const shared = new SharedBytes(paths);
    const [first, late, left, held] = [1, 2, 3, 4].map(() => shared.reader(() => undefined));
    if (!first || !late || !left || !held) throw new Error('four readers');
    let isDone = false;
    const reading = all(first).then((hash) => ((isDone = true), hash));
    await settled();
    expect([isDone, shared.bytesRead]).toEqual([false, 0]);
    left.leave();
    held.hold(true);
    expect(await all(late)).toBe(sha256);
    expect(await reading).toBe(sha256);
    expect(shared.bytesRead).toBe(size);
    // the held one reads by itself afterwards
    expect(await all(held)).toBe(sha256);
    expect(shared.bytesRead).toBe(size);
  });

  it('goes on without a run that is paused while the window is full; that run then reads on by itself', async () => {
    const { paths, sha256, size } = parts(3 * MIB, 4 * MIB);
    const shared = new SharedBytes(paths, { windowBytes: 2 * MIB });
    const alone: number[] = [];
    const fast = shared.reader(() => undefined);
    const paused = shared.reader((offset) => alone.push(offset));
    const pieces = paused.read({ signal });
    const hash = createHash('sha256');
    const ended = all(fast);
    for (let n = 0; n < 4; n += 1) hash.update((await pieces.next()).value ?? '');
    await settled();
    expect(alone).toEqual([]);
    paused.hold(true);
    expect(await ended).toBe(sha256);
    expect(alone).toEqual([4 * MIB]);
    for await (const piece of pieces) hash.update(piece);
    expect(hash.digest('hex')).toBe(sha256);
    expect(shared.bytesRead).toBe(size);
  });

  it('goes on without a run that takes nothing for a while', async () => {
    const { paths, sha256 } = parts(6 * MIB);
    const shared = new SharedBytes(paths, { windowBytes: MIB, patienceMs: 1 });
    const alone: number[] = [];
    const fast = shared.reader(() => undefined);
    const still = shared.reader((offset) => alone.push(offset));
    const pieces = still.read({ signal });
    const [, hash] = await Promise.all([pieces.next(), all(fast)]);
    expect(hash).toBe(sha256);
    expect(alone).toEqual([MIB]);
    await pieces.return();
  });

  it('goes on when one run ends early or is cancelled', async () => {
    const { paths, sha256, size } = parts(6 * MIB);
    const shared = new SharedBytes(paths, { windowBytes: MIB });
    const [one, ending, cancelled] = [1, 2, 3].map(() => shared.reader(() => undefined));
    if (!one || !ending || !cancelled) throw new Error('three readers');
    const stop = new AbortController();
    const endEarly = async (): Promise<void> => {
      for await (const _piece of ending.read({ signal })) return;
    };
    const cancel = async (): Promise<void> => {
      for await (const _piece of cancelled.read({ signal: stop.signal })) stop.abort();
    };
    const [hash, , outcome] = await Promise.allSettled([all(one), endEarly(), cancel()]);
    expect(hash).toEqual({ status: 'fulfilled', value: sha256 });
    expect(outcome).toMatchObject({ status: 'rejected', reason: { name: 'AbortError' } });
    expect(shared.bytesRead).toBe(size);
  });

  it('tells every run that a file cannot be read', async () => {
    const { paths } = parts(MIB);
    const shared = new SharedBytes([...paths, `${paths[0] ?? ''}-gone`]);
    const readers = [1, 2].map(() => shared.reader(() => undefined));
    const outcomes = await Promise.allSettled(readers.map((reader) => all(reader)));
    expect(outcomes).toMatchObject([
      { reason: { code: 'package.unreadable' } },
      { reason: { code: 'package.unreadable' } },
    ]);
  });
});

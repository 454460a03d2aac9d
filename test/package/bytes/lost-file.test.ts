// A file whose drive is removed while it is read: named, or waited for and read on where it stopped.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rename, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppError } from '../../../core/errors.js';
import { fileBytes, type LostFiles } from '../../../core/package/bytes/file-bytes.js';
import { requireProgram } from '../../support/programs.js';

const MIB = 1024 * 1024;
const never = { signal: new AbortController().signal };
const time = new Date('2024-05-31T08:00:00Z');
let folder: string;
let path: string;
const bytes = randomBytes(3 * MIB);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-lost-'));
  path = join(folder, 'package.tar.gz');
  await writeFile(path, bytes);
  await utimes(path, time, time);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** Reads all of the file; `afterFirst` runs after its first piece. */
async function read(afterFirst: () => Promise<void>, lost?: LostFiles): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of fileBytes(path, { ...never, lost })) {
    pieces.push(Buffer.from(piece));
    if (pieces.length === 1) await afterFirst();
  }
  return Buffer.concat(pieces);
}

/** Waits by putting the file there; `isBack`: it had been away. */
function waiting(putBack: () => Promise<void>, isBack: boolean): LostFiles & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    wait: async (_path: string, problem: AppError) => {
      log.push(problem.code);
      await putBack();
      return isBack;
    },
    found: () => log.push('found'),
  };
}

describe('a file that ends before its size, as a removed drive may say', () => {
  it('is unreadable, not a shorter file', async () => {
    await expect(read(() => truncate(path, 2 * MIB))).rejects.toMatchObject({
      code: 'package.unreadable',
      origin: 'package',
      retryable: true,
    });
  });

  it('is read on at the same place when it is back', async () => {
    const lost = waiting(async () => {
      await writeFile(path, bytes);
      await utimes(path, time, time);
    }, true);
    expect((await read(() => truncate(path, 2 * MIB), lost)).equals(bytes)).toBe(true);
    expect(lost.log).toEqual(['package.unreadable', 'found']);
  });

  it('is refused when another file is there then', async () => {
    const lost = waiting(() => writeFile(path, randomBytes(3 * MIB)), true);
    await expect(read(() => truncate(path, 2 * MIB), lost)).rejects.toMatchObject({
      code: 'package.changed',
    });
  });

  it('is given up when it fails at the same place again', async () => {
    const lost = waiting(() => Promise.resolve(), false);
    const reading = read(async () => {
      await truncate(path, MIB);
      await rename(path, `${path}.gone`);
    }, lost);
    await expect(reading).rejects.toMatchObject({ code: 'package.unreadable' });
    expect(lost.log).toEqual(['package.unreadable', 'package.unreadable']);
  });
});

describe('a read that hangs', () => {
  it('does not hold up a cancellation', async () => {
    const pipe = join(folder, 'pipe');
    await promisify(execFile)(requireProgram('mkfifo'), [pipe]);
    const stop = new AbortController();
    const reading = fileBytes(pipe, stop).next();
    stop.abort();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    // the pipe gets a writer, so that the open that hangs ends with this test
    await writeFile(pipe, '');
  });
});

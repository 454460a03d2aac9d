// File system errors become AppErrors with the right code.
import { rmSync, writeFileSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { onDisk, requireRoom } from '../../core/layout/disk-error.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

describe('onDisk', () => {
  it.each([
    ['ENOSPC', 'write', 'disk.no-space'],
    ['EDQUOT', 'write', 'disk.no-space'],
    ['EACCES', 'write', 'disk.not-writable'],
    ['EROFS', 'write', 'disk.not-writable'],
    ['EACCES', 'read', 'disk.not-readable'],
    ['ENOTDIR', 'write', 'disk.not-a-folder'],
    ['EIO', 'read', 'disk.failed'],
  ] as const)('%s on %s is %s', async (errno, use, code) => {
    const failure = Object.assign(new Error(errno), { code: errno });
    const work = onDisk('/some/path', use, () => Promise.reject(failure));
    await expect(work).rejects.toMatchObject({
      code,
      origin: 'disk',
      params: { path: '/some/path' },
      cause: failure,
    });
  });

  it('leaves other errors alone', async () => {
    const abort = new DOMException('stop', 'AbortError');
    await expect(onDisk('/p', 'read', () => Promise.reject(abort))).rejects.toBe(abort);
  });

  it('says when a part of the path is a file', async () => {
    const file = join(scratch(), 'file');
    writeFileSync(file, '');
    await expect(onDisk(file, 'write', () => mkdir(join(file, 'x')))).rejects.toMatchObject({
      code: 'disk.not-a-folder',
    });
    rmSync(file);
  });

  it.runIf(process.platform === 'linux')('knows a full disk', async () => {
    const full = onDisk('/dev/full', 'write', async () => {
      const file = await open('/dev/full', 'w');
      try {
        await file.write(Buffer.alloc(10));
      } finally {
        await file.close();
      }
    });
    await expect(full).rejects.toMatchObject({
      code: 'disk.no-space',
      params: { reason: expect.stringMatching(/^ENOSPC, \d+ bytes free$/) as string },
    });
  });
});

describe('requireRoom', () => {
  it('tells the place, what is needed and what is free, before a byte is written', async () => {
    const dir = scratch();
    const options = { signal: new AbortController().signal };
    await requireRoom(dir, 1, options);
    await expect(requireRoom(dir, Number.MAX_SAFE_INTEGER / 2, options)).rejects.toMatchObject({
      code: 'disk.no-space',
      params: { path: dir, reason: expect.stringMatching(/^\d+ bytes needed, \d+ bytes free$/) as string },
    });
  });
});

// Folders are made one by one, so that the first thing that stands in the way is the one that is told.
import { existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeFolder } from '../../core/layout/make-folder.js';
import { inStateFolder } from '../../core/layout/state-folder.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

describe('makeFolder', () => {
  it('makes what is missing, with the mode, and takes what is there', async () => {
    const root = scratch();
    const deep = join(root, 'a', 'b', '..', 'c', 'd');
    await makeFolder(deep, 0o700);
    await makeFolder(deep, 0o700);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o700);
    expect(statSync(join(root, 'a', 'c', 'd')).isDirectory()).toBe(true);
    expect(existsSync(join(root, 'a', 'b'))).toBe(false);
  });

  it('may be called for one folder by several at once', async () => {
    const deep = join(scratch(), 'a', 'b', 'c');
    await Promise.all(Array.from({ length: 8 }, () => makeFolder(deep)));
    expect(statSync(deep).isDirectory()).toBe(true);
  });

  it('follows links to folders', async () => {
    const root = scratch();
    mkdirSync(join(root, 'real'));
    symlinkSync('real', join(root, 'link'));
    await makeFolder(join(root, 'link', 'a'));
    expect(statSync(join(root, 'real', 'a')).isDirectory()).toBe(true);
  });

  it('names a link that leads nowhere', async () => {
    const root = scratch();
    symlinkSync('/media/usb', join(root, 'drive'));
    for (const path of [join(root, 'drive'), join(root, 'drive', 'store', 'oci')]) {
      await expect(makeFolder(path)).rejects.toMatchObject({
        code: 'disk.dangling-link',
        params: { path: join(root, 'drive'), to: '/media/usb' },
      });
    }
  });

  it('names a file in the way', async () => {
    const root = scratch();
    writeFileSync(join(root, 'file'), '');
    for (const path of [join(root, 'file'), join(root, 'file', 'a')]) {
      await expect(makeFolder(path)).rejects.toMatchObject({ code: 'disk.not-a-folder' });
    }
  });

  it.runIf(existsSync('/proc/self'))('ends at once where the file system makes no folders', async () => {
    await expect(makeFolder('/proc/x/y/z')).rejects.toMatchObject({
      code: 'disk.not-writable',
      params: { path: '/proc/x', reason: 'ENOENT' },
    });
  });
});

describe('a state folder', () => {
  it('that cannot be made names the option for another one', async () => {
    const root = scratch();
    const folder = join(root, 'file', 'state');
    writeFileSync(join(root, 'file'), '');
    symlinkSync('/media/usb', join(root, 'drive'));
    await expect(inStateFolder(folder, () => makeFolder(folder))).rejects.toMatchObject({
      code: 'state.not-writable',
      origin: 'disk',
      params: { folder, reason: 'ENOTDIR' },
    });
    await expect(
      inStateFolder(join(root, 'drive'), () => makeFolder(join(root, 'drive', 'runs'))),
    ).rejects.toMatchObject({ code: 'state.not-writable', params: { reason: '-> /media/usb' } });
  });

  it('lets other failures through', async () => {
    const failure = new Error('of another kind');
    await expect(inStateFolder('/x', () => Promise.reject(failure))).rejects.toBe(failure);
  });
});

// Room on disk for blobs: bounded, given back, and nothing that an import depends on.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DiskWindow } from '../../../core/run/upload/disk-window.js';
import { scratchFolders } from '../../support/scratch.js';

const scratch = scratchFolders();
const { signal } = new AbortController();

it('keeps a blob, gives its bytes as often as asked, and leaves nothing behind', async () => {
  const folder = join(scratch(), 'blobs');
  const window = new DiskWindow(folder, 10);
  const kept = await window.open(6, { signal });
  await kept?.write(Buffer.from('abc'), { signal });
  await kept?.write(Buffer.from('def'), { signal });
  for (let times = 0; times < 2; times += 1) {
    const read: Buffer[] = [];
    for await (const chunk of kept?.read({ signal }) ?? []) read.push(chunk);
    expect(Buffer.concat(read).toString()).toBe('abcdef');
  }
  expect(await window.open(6, { signal })).toBeNull();
  await kept?.close();
  expect(readdirSync(folder)).toEqual([]);
  const next = await window.open(6, { signal });
  expect(next).not.toBeNull();
  await next?.close();
});

it('opens nothing where the disk takes no file, and nothing after it was given up', async () => {
  const file = join(scratch(), 'file');
  writeFileSync(file, '');
  const broken = new DiskWindow(join(file, 'blobs'), 10);
  expect(await broken.open(6, { signal })).toBeNull();
  const window = new DiskWindow(join(scratch(), 'blobs'), 10);
  const kept = await window.open(6, { signal });
  window.giveUp();
  await kept?.close();
  expect(await window.open(1, { signal })).toBeNull();
});

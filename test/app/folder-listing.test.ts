// The folders that a window sees: packages distinguished from other files, folders first, and nothing outside the roots.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAppBench } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();

function sample(): string {
  const folder = join(scratch(), 'given');
  for (const path of ['sub', 'layout', 'store/oci', '.hidden'])
    mkdirSync(join(folder, path), { recursive: true });
  for (const path of ['a.tar.gz', 'B.TGZ', 'c.bundle.tar', 'a.tar.gz.sha512', 'notes.txt', '.secret.tar']) {
    writeFileSync(join(folder, path), 'bytes');
  }
  writeFileSync(join(folder, 'layout/oci-layout'), '{}');
  writeFileSync(join(folder, 'store/oci/oci-layout'), '{}');
  writeFileSync(join(folder, '..', 'outside.tar'), 'x');
  symlinkSync(join(folder, '..', 'outside.tar'), join(folder, 'outside.tar'));
  symlinkSync(join(folder, 'a.tar.gz'), join(folder, 'again.tar'));
  symlinkSync(join(folder, 'nowhere'), join(folder, 'broken.tar'));
  return folder;
}

describe('a folder', () => {
  it('shows packages, folders and other files, without those that are hidden, broken or outside', async () => {
    const folder = sample();
    const app = openAppBench(scratch(), { roots: { folders: [folder], withDrives: false } });
    const { path, parent, entries } = await app.ask('listFolder', folder);
    expect({ path, parent }).toEqual({ path: folder, parent: null });
    expect(entries.map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
      ['sub', 'folder', 0],
      ['a.tar.gz', 'package', 5],
      ['a.tar.gz.sha512', 'other', 5],
      ['again.tar', 'package', 5],
      ['B.TGZ', 'package', 5],
      ['c.bundle.tar', 'package', 5],
      ['layout', 'package', 0],
      ['notes.txt', 'other', 5],
      ['store', 'package', 0],
    ]);
    expect(entries.every(({ modified }) => !Number.isNaN(Date.parse(modified)))).toBe(true);
    expect(await app.ask('listFolder', join(folder, 'sub'))).toMatchObject({ parent: folder, entries: [] });
  });

  it('shows a split package once, by its first part and with the bytes of all', async () => {
    const folder = scratch();
    const names = [
      'a.tar.gz.part-00',
      'a.tar.gz.part-01',
      'b.tar.aa',
      'b.tar.ab',
      'c.tar.gz.002',
      'd.tar.part',
    ];
    for (const name of names) writeFileSync(join(folder, name), 'bytes');
    const app = openAppBench(scratch(), { roots: { folders: [folder], withDrives: false } });
    const { entries } = await app.ask('listFolder', folder);
    expect(entries.map(({ name, kind, bytes }) => [name, kind, bytes])).toEqual([
      ['a.tar.gz.part-00', 'package', 10],
      ['b.tar.aa', 'package', 10],
      ['c.tar.gz.002', 'package', 5],
      ['d.tar.part', 'other', 5],
    ]);
  });

  it('outside of the roots is refused, and browsing begins with the list of roots', async () => {
    const folder = sample();
    const app = openAppBench(scratch(), {
      roots: { folders: [folder, join(folder, 'gone')], withDrives: false },
    });
    const { path, entries } = await app.ask('listFolder', null);
    expect(path).toBeNull();
    expect(entries.map((entry) => entry.path)).toEqual([folder]);
    for (const way of [join(folder, '..'), `${folder}/sub/../..`, '/', join(folder, 'outside.tar')]) {
      expect(await app.refusal('listFolder', way)).toMatchObject({ code: 'app.outside-roots' });
    }
  });

  it('may be any folder of the computer on the desktop; missing ones and files are problems', async () => {
    const folder = sample();
    const app = openAppBench(scratch());
    expect((await app.ask('listFolder', null)).entries.map((entry) => entry.path)).toContain(homedir());
    expect((await app.ask('listFolder', folder)).parent).toBe(join(folder, '..'));
    expect(await app.refusal('listFolder', join(folder, 'notes.txt'))).toMatchObject({
      code: 'disk.not-a-folder',
    });
    expect(await app.refusal('listFolder', join(folder, 'gone'))).toMatchObject({ origin: 'disk' });
  });
});

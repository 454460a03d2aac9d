// Drives on which packages may lie, among all drives of a computer.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { DriveWatch, readDrives, type BlockDevice } from '../../core/app/drives.js';
import type { Drive } from '../../core/contract.js';
import { openAppBench } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';
import { warningsDuring } from '../support/warnings.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };

function device(name: string, parts: Partial<BlockDevice>): BlockDevice {
  return { name, type: 'part', mount: '', label: '', model: '', removable: false, protocol: '', ...parts };
}

function stick(): string {
  const mount = scratch();
  mkdirSync(join(mount, 'addons/deeper'), { recursive: true });
  for (const path of ['top.tar.gz', 'addons/below.tar.gz', 'addons/deeper/too-deep.tar.gz', 'readme.txt'])
    writeFileSync(join(mount, path), 'x');
  return mount;
}

describe('drives', () => {
  it('are those that are removable or on USB, with space and packages; disks of the computer are left out', async () => {
    const [removable, usb, internal] = [stick(), scratch(), scratch()];
    const found = await readDrives(options, async () => [
      device('sda', { type: 'disk', protocol: 'sata' }),
      device('sda1', { mount: internal }),
      device('sdb', { type: 'disk', protocol: 'usb' }),
      device('sdb1', { mount: usb, label: 'BACKUP' }),
      device('sdc1', { mount: removable, removable: true, label: 'ADDONS' }),
      device('sdd1', { removable: true, label: 'not mounted' }),
      device('vda', { type: 'disk', mount: '/', removable: true }),
      device('sde1', { mount: '/media/gone-in-this-moment', removable: true }),
    ]);
    expect(found.map(({ label, path }) => [label, path]).sort()).toEqual(
      [
        ['ADDONS', removable],
        ['BACKUP', usb],
      ].sort(),
    );
    const addons = found.find(({ label }) => label === 'ADDONS');
    expect(addons?.packages.map(({ name }) => name)).toEqual(['top.tar.gz', 'below.tar.gz']);
    expect(addons).toMatchObject({ removable: true });
    expect(addons?.bytes).toBeGreaterThan(addons?.free ?? 0);
  });

  it('that cannot be read are left out, and one that does not answer delays nothing', async () => {
    expect(await readDrives(options, () => Promise.reject(new Error('no lsblk')))).toEqual([]);
    vi.useFakeTimers();
    try {
      const answer = readDrives(options, () => new Promise(() => undefined));
      await vi.advanceTimersByTimeAsync(5_000);
      expect(await answer).toEqual([]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are reported when they change, while somebody subscribes', async () => {
    const states: Drive[][] = [[], [drive('/a')], [drive('/a')], [], [drive('/b')]];
    const told: string[][] = [];
    const watch = new DriveWatch({
      read: async () => states.shift() ?? [],
      onChange: (drives) => told.push(drives.map(({ path }) => path)),
      pauseMs: 100,
    });
    vi.useFakeTimers();
    try {
      expect(await watch.look(options)).toEqual([]);
      watch.start();
      await vi.advanceTimersByTimeAsync(350);
      expect(told).toEqual([['/a'], []]);
      watch.stop();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(states).toHaveLength(1);
    } finally {
      vi.useRealTimers();
    }
  });

  it('are looked for again and again without adding listeners', async () => {
    const watch = new DriveWatch({ read: async () => [], onChange: () => undefined, pauseMs: 100 });
    const warnings = await warningsDuring(async () => {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      try {
        watch.start();
        await vi.advanceTimersByTimeAsync(3_000);
        watch.stop();
      } finally {
        vi.useRealTimers();
      }
    });
    expect(warnings).toEqual([]);
  });

  it('outside of named roots are not shown; without named roots they can be browsed', async () => {
    const mount = stick();
    const only = scratch();
    const readDrives = async (): Promise<readonly Drive[]> => [drive(mount), drive(only)];
    const named = openAppBench(scratch(), { roots: { folders: [only], withDrives: false }, readDrives });
    expect((await named.ask('drives', null)).map(({ path }) => path)).toEqual([only]);
    expect(await named.refusal('listFolder', mount)).toMatchObject({ code: 'app.outside-roots' });
    const usual = openAppBench(scratch(), { roots: { folders: [only], withDrives: true }, readDrives });
    expect((await usual.ask('listFolder', mount)).path).toBe(mount);
    await Promise.all([named.service.close(), usual.service.close()]);
  });
});

function drive(path: string): Drive {
  return { label: path, path, removable: true, bytes: 2, free: 1, packages: [] };
}

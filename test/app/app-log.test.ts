// The app's log: readable in the window, complete in the file, without secrets; it never stops the app.
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAppLog } from '../../core/app/app-log.js';
import { openAppBench } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };

describe('the log', () => {
  it('returns its last lines in readable form', async () => {
    const log = openAppLog(join(scratch(), 'logs', 'app.log'));
    for (let i = 1; i <= 30; i++) log.write('info', `line ${i}`, { run: 'r' });
    log.write('debug', 'not at this level');
    log.setLevel('debug');
    log.write('debug', 'at this one');
    const lines = await log.lastLines(3, options);
    expect(lines.map((line) => line.replace(/^\S+Z /, ''))).toEqual([
      'info line 29 run="r"',
      'info line 30 run="r"',
      'debug at this one',
    ]);
    log.close();
  });

  it('sends each new line to the listener, and keeps secrets out of window and file', async () => {
    const path = join(scratch(), 'app.log');
    const log = openAppLog(path);
    const told: string[] = [];
    log.onLine((line) => told.push(line));
    log.write('warn', 'asked', { credentials: { password: 'p4ss' }, target: { token: 't0k3n' } });
    log.onLine(null);
    log.write('info', 'nobody hears this');
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/ warn asked /);
    expect(told.join() + readFileSync(path, 'utf8')).not.toMatch(/p4ss|t0k3n/);
    log.close();
  });

  it('renames a file that became large, and reads only the end of a long one', async () => {
    const path = join(scratch(), 'app.log');
    writeFileSync(path, `${'x'.repeat(1023)}\n`.repeat(21 * 1024));
    openAppLog(path).close();
    expect(statSync(`${path}.1`).size).toBeGreaterThan(20 * 1024 * 1024);
    const log = openAppLog(path);
    log.write('info', 'y'.repeat(3 * 1024 * 1024));
    log.write('info', 'last');
    expect((await log.lastLines(10, options)).at(-1)).toMatch(/ info last$/);
    log.close();
  });

  it('that cannot be written stops nothing', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    const log = openAppLog(join(folder, 'file', 'app.log'));
    log.write('error', 'still here');
    log.close();
    mkdirSync(join(folder, 'folder.log'));
    openAppLog(join(folder, 'folder.log')).write('error', 'here, too');
  });

  it('sends a window at most so many lines a second, of the level of the settings', async () => {
    const app = openAppBench(scratch());
    await app.ask('saveSettings', { logLevel: 'debug' });
    await app.ask('inspect', { packages: ['/no/such/package.tar'] }).catch(() => undefined);
    expect(await app.ask('readLog', { lines: 10 })).toEqual(expect.any(Array));
    expect(await app.refusal('readLog', { lines: 0 })).toMatchObject({ code: 'app.bad-request' });
  });
});

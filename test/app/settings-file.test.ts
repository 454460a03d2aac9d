// Settings after a restart, with a damaged file, and with a file of another version.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, SettingsFile } from '../../core/app/settings-file.js';
import { openAppBench } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';

const scratch = scratchFolders();
const options = { signal: new AbortController().signal };
const target = {
  id: 'http://r.local',
  label: 'r.local',
  spec: { registry: 'http://r.local', charts: [{ url: 'http://c.local' }] },
  username: 'robot$x',
  platforms: ['linux/amd64'],
  skippedCharts: ['addon/a'],
  lastUsed: '2026-01-01T00:00:00.000Z',
};

describe('settings', () => {
  it('are the defaults at first, and what was changed afterwards', async () => {
    const path = join(scratch(), 'state', 'app-settings.json');
    expect(await new SettingsFile(path).read(options)).toEqual(DEFAULT_SETTINGS);
    expect(existsSync(path)).toBe(false);
    const file = new SettingsFile(path);
    await Promise.all([
      file.change({ theme: 'dark' }, options),
      file.change({ targets: [target] }, options),
      file.change({ concurrency: 9 }, options),
    ]);
    const expected = { ...DEFAULT_SETTINGS, theme: 'dark', targets: [target], concurrency: 9 };
    expect(await new SettingsFile(path).read(options)).toEqual(expected);
  });

  it('that are being changed are read as they will be', async () => {
    const file = new SettingsFile(join(scratch(), 'app-settings.json'));
    const changed = file.change({ language: 'zh-CN' }, options);
    expect((await file.read(options)).language).toBe('zh-CN');
    await changed;
  });

  it('of a damaged file are the defaults; the file is renamed and the next change is written', async () => {
    for (const text of ['{"theme": "da', 'null', '[]', '']) {
      const path = join(scratch(), 'app-settings.json');
      writeFileSync(path, text);
      const file = new SettingsFile(path);
      expect(await file.read(options)).toEqual(DEFAULT_SETTINGS);
      expect(readFileSync(`${path}.damaged`, 'utf8')).toBe(text);
      await file.change({ theme: 'light' }, options);
      expect(await new SettingsFile(path).read(options)).toMatchObject({ theme: 'light' });
    }
  });

  it('of another version keep the fields that are known', async () => {
    const path = join(scratch(), 'app-settings.json');
    writeFileSync(
      path,
      JSON.stringify({ theme: 'dark', language: 'fr', concurrency: 'many', newer: { a: 1 } }),
    );
    expect(await new SettingsFile(path).read(options)).toEqual({ ...DEFAULT_SETTINGS, theme: 'dark' });
  });

  it('never hold credentials, from whichever side they come', async () => {
    const app = openAppBench(scratch());
    const spec = { ...target.spec, credentials: { username: 'u', password: 'p4ssw0rd' } };
    const saved = await app.ask('saveSettings', { targets: [{ ...target, spec }] });
    expect(saved.targets[0]).toEqual(target);
    expect(readFileSync(join(app.stateDir, 'app-settings.json'), 'utf8')).not.toContain('p4ssw0rd');
  });

  it('are checked field by field', async () => {
    const app = openAppBench(scratch());
    for (const wrong of [
      { concurrency: 0 },
      { concurrency: 1.5 },
      { theme: 'pink' },
      { another: 1 },
      { limitRate: -1 },
      null,
    ]) {
      expect(await app.refusal('saveSettings', wrong)).toMatchObject({ code: 'app.bad-request' });
    }
    expect(await app.ask('settings', null)).toEqual(DEFAULT_SETTINGS);
  });

  it('that cannot be written are a problem of the disk', async () => {
    const app = openAppBench(scratch());
    mkdirSync(join(app.stateDir, 'app-settings.json'));
    expect(await app.refusal('saveSettings', { theme: 'dark' })).toMatchObject({ origin: 'disk' });
  });
});

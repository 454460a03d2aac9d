// A registry that is away for ten minutes, one that fails every third request, and a process that is stopped for a minute.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { importAlone, makeBigPackage } from '../support/big-package.js';
import { LARGE, makeLargePackage } from '../support/large-package.js';
import { startFront } from '../support/registry-front.js';
import { startRegistry } from '../support/registries.js';
import { PROJECT_ROOT } from '../support/source-tree.js';

const AWAY_MS = 10 * 60_000;
const STOPPED_MS = 60_000;
/** 50,000 requests, of which a third is repeated, on a machine that does other work as well. */
const LONG_MS = 90 * 60_000;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'archbridge-long-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

describe('a registry that is away for ten minutes in mid-run', () => {
  it('is waited for, and the import is done in one run', async () => {
    const { path } = await makeBigPackage(folder, 1);
    const registry = await startRegistry({ version: 3 });
    endings.push(() => registry.stop());
    let puts = 0;
    let awaySince = 0;
    const front = await startFront(registry.url, ({ method }, pass) => {
      if (method === 'PUT') puts += 1;
      if (puts === 50 && awaySince === 0) awaySince = performance.now();
      const isAway = awaySince > 0 && performance.now() - awaySince < AWAY_MS;
      return isAway ? Promise.resolve({ status: 503 }) : pass();
    });
    endings.push(() => front.stop());
    const imported = await importAlone(folder, path, '--registry', front.url);
    expect(performance.now() - awaySince).toBeGreaterThan(AWAY_MS);
    expect(imported.result).toBe('done');
    // each request under way, and then a probe each half minute
    const refused = front.log.filter((line) => line.endsWith(' 503')).length;
    console.log(`away: ${String(refused)} requests were refused`);
    expect(refused).toBeLessThan(120);
  });
});

describe('a registry that fails 30 % of all requests', () => {
  it(
    'has 4,000 images in the end, with flat memory',
    async () => {
      const large = makeLargePackage(folder);
      const registry = await startRegistry({ version: 3 });
      endings.push(() => registry.stop());
      // the same sequence of failures each time
      let state = 1;
      let isGreeted = false;
      const front = await startFront(registry.url, ({ path }, pass) => {
        state = (state * 48_271) % 2_147_483_647;
        // a registry that fails when a command connects is an error at once
        if (path === '/v2/' && !isGreeted) {
          isGreeted = true;
          return pass();
        }
        return state / 2_147_483_647 < 0.3 ? Promise.resolve({ status: 502 }) : pass();
      });
      endings.push(() => front.stop());
      const began = performance.now();
      const imported = await importAlone(folder, large, '--registry', front.url, '--no-charts');
      const { peakMemoryBytes, passes } = imported.totals;
      const missing = imported.images.filter(({ action }) => action === 'failed' || action === 'blocked');
      console.log(
        `30 % 502: ${String(missing.length)} of ${String(imported.images.length)} images missing, ${String(passes)} passes, ` +
          `${(peakMemoryBytes / 1e6).toFixed(0)} MB, ${((performance.now() - began) / 1000).toFixed(0)} s`,
      );
      expect(imported.images).toHaveLength(LARGE.images);
      expect(missing).toEqual([]);
      expect(imported.result).toBe('done');
      expect(peakMemoryBytes).toBeLessThan(350e6);
    },
    LONG_MS,
  );
});

describe('a process that is stopped for a minute, as a laptop that sleeps', () => {
  it('goes on although all its connections are dead', async () => {
    const { path } = await makeBigPackage(folder, 2);
    const registry = await startRegistry({ version: 3 });
    endings.push(() => registry.stop());
    const front = await startFront(registry.url, (_request, pass) => pass());
    endings.push(() => front.stop());
    const report = join(folder, 'report.json');
    const args = [
      'import',
      path,
      '--registry',
      front.url,
      '--state-dir',
      join(folder, 'asleep'),
      '--report',
      report,
    ];
    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist/cli/main.js'), ...args], {
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await expect.poll(() => front.count('PUT', /\/blobs\//), { timeout: 60_000 }).toBeGreaterThan(20);
    child.kill('SIGSTOP');
    await sleep(STOPPED_MS);
    front.drop();
    child.kill('SIGCONT');
    expect(await ended).toBe(0);
    expect(JSON.parse(await readFile(report, 'utf8'))).toMatchObject({ result: 'done', problems: [] });
  });
});

// Looking on at a run of another process: its events as they come, its report when it has ended.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEngine } from '../../core/engine.js';
import type { RunEvent } from '../../core/contract.js';
import { ownIdentity } from '../../core/layout/process-identity.js';
import { commandLine } from '../support/command-line.js';
import { openBench, packagePath, type Bench } from '../support/seed.js';

const never = { signal: new AbortController().signal };
let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const runFolder = (run: string): string => join(bench.directory, 'state', 'runs', run);

describe('a run that is followed', () => {
  it('shows what it does, and answers with its report when it has ended', async () => {
    let run = '';
    const going = bench.engine.import(
      { packages: [packagePath('v0.9.0-amd64')], target: { store: join(bench.directory, 'store') } },
      {
        ...never,
        onEvent: (event) => {
          if (event.type !== 'run-started') return;
          ({ run } = event);
          bench.engine.pause(run);
        },
      },
    );
    await expect
      .poll(async () => run !== '' && (await readdir(runFolder(run))), { timeout: 30_000 })
      .toContain('live.json');

    const onlooker = createEngine({
      stateDir: join(bench.directory, 'state'),
      version: '0.0.0',
      log: () => undefined,
    });
    const seen: RunEvent[] = [];
    const following = onlooker.follow(run, {
      ...never,
      onEvent: (event) => {
        seen.push(event);
        if (event.type === 'paused') bench.engine.resume(run);
      },
    });
    const [report, followed] = await Promise.all([going, following]);
    expect(followed).toEqual(report);
    const types = seen.map(({ type }) => type);
    expect(types[0]).toBe('run-started');
    expect(types.filter((type) => type === 'image')).toHaveLength(
      report.ok ? report.value.images.length : -1,
    );
    expect(types.at(-1)).toBe('run-ended');
    expect(await readdir(runFolder(run))).not.toContain('live.json');
  });

  it('has ended with its process; the command ends with the code of the run', async () => {
    const archbridge = commandLine(bench.directory);
    const done = await archbridge('runs', '--follow', 'latest');
    expect(done.code).toBe(0);
    expect(done.stdout).toContain('pushed 25');

    const killed = '20300101T000000000-abcdef';
    await mkdir(runFolder(killed), { recursive: true });
    const started = {
      time: '2030-01-01T00:00:00.000Z',
      type: 'run-started',
      run: killed,
      version: '0.0.0',
      target: { kind: 'folder', location: '/store', charts: [] },
      packages: [],
      weakened: [],
    };
    await writeFile(join(runFolder(killed), 'journal.jsonl'), `${JSON.stringify(started)}\n`);
    const process = { ...(await ownIdentity()), pid: 2 ** 22 + 1 };
    await writeFile(join(runFolder(killed), 'live.json'), JSON.stringify({ process, count: 0, events: [] }));
    const dead = await archbridge('runs', '--follow', killed, '--json');
    expect(JSON.parse(dead.stdout)).toMatchObject({ run: killed, result: 'failed' });
    expect(dead.code).toBe(6);
    expect((await archbridge('runs', '--follow', 'nothing')).code).toBe(2);
  });
});

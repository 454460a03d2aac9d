// `serve` on the command line: what it prints and refuses, and how it ends.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { runCli } from '../../cli/run-cli.js';
import { EXAMPLES, nextCall, runEvents } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';
import { openTestWindow, type TestWindow } from '../support/served-app.js';
import { rawRequest } from '../support/raw-http.js';
import { session } from './cli-session.js';

const scratch = scratchFolders();
let folder = '';
vi.mock('../../core/app/install-root.js', () => ({
  installRoot: () => folder,
  windowFolder: () => join(folder, 'page'),
  examplePackages: () => [],
}));

beforeEach(() => {
  folder = scratch();
  mkdirSync(join(folder, 'page'));
  writeFileSync(join(folder, 'page', 'index.html'), '<p>');
  vi.spyOn(process, 'cwd').mockReturnValue(folder);
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Served {
  readonly url: URL;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Interrupts as Ctrl-C does; returns the exit code. */
  end(): Promise<number>;
}

async function serve(argv: readonly string[] = []): Promise<Served> {
  const stop = new AbortController();
  let [stdout, stderr] = ['', ''];
  const ended = runCli(['serve', '--state-dir', join(folder, 'state'), ...argv], {
    stdout: { write: (text) => (stdout += text) },
    stderr: { write: (text) => (stderr += text) },
    env: {},
    isTty: { stdout: false, stderr: false },
    engineFactory: () => {
      throw new Error('the app has an engine of its own');
    },
    signal: stop.signal,
  });
  const url = await vi.waitFor(() => {
    const found = /http:\/\/127\.0\.0\.1:\d+\/\?token=[\w-]+/.exec(stdout + stderr)?.[0];
    if (!found) throw new Error('no address yet');
    return new URL(found);
  }, 30_000);
  return {
    url,
    stdout: () => stdout,
    stderr: () => stderr,
    end: () => {
      stop.abort();
      return ended;
    },
  };
}

/** A window of the person who opened the printed address. */
async function openWindow({ host, port, search }: URL): Promise<TestWindow> {
  const entry = await rawRequest(Number(port), `GET /${search}`, { host, connection: 'close' });
  const cookie = (entry.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  return openTestWindow({ host, cookie });
}

describe('serve', () => {
  it('prints the address, says how to reach it from another computer, and ends with 0', async () => {
    const app = await serve();
    const window = await openWindow(app.url);
    expect(await window.ask('info', null)).toMatchObject({
      host: 'web',
      stateDir: join(folder, 'state'),
      defaultStore: join(folder, 'archbridge-store'),
    });
    expect(app.stdout()).toContain(`ssh -L ${app.url.port}:127.0.0.1:${app.url.port} `);
    expect(await app.end()).toBe(0);
  });

  it('keeps stdout for the one JSON value', async () => {
    const app = await serve(['--json']);
    expect(app.stdout()).toBe('');
    expect(await app.end()).toBe(0);
    expect(JSON.parse(app.stdout())).toEqual({
      schema: 'archbridge.serve/1',
      url: app.url.href,
      problems: [],
    });
  });

  it('shows the folders that were named, and no others', async () => {
    mkdirSync(join(folder, 'packages'));
    const app = await serve(['--root', 'packages', '--root', join(folder, 'gone')]);
    const window = await openWindow(app.url);
    const { entries } = await window.ask('listFolder', null);
    expect(entries.map(({ path }) => path)).toEqual([join(folder, 'packages')]);
    expect(await app.end()).toBe(0);
  });

  it('cancels a run, says so, and ends with 130', async () => {
    const app = await serve(['--root', folder, '--root', dirname(EXAMPLES[0] ?? '')]);
    const window = await openWindow(app.url);
    const call = nextCall();
    const target = { store: join(folder, 'store') };
    const work = window.ask('import', { packages: EXAMPLES, target, limitRate: 60_000 }, call);
    await vi.waitFor(
      () => expect(runEvents(window.events, call).map(({ type }) => type)).toContain('run-started'),
      30_000,
    );
    expect(await app.end()).toBe(130);
    expect((await work).result).toBe('cancelled');
    expect(app.stderr()).toContain('An import is going on; it is stopped in good order.');
  });

  it('refuses a port that is none, and one that is taken', async () => {
    const app = await serve();
    const taken = await session(['serve', '--state-dir', join(folder, 'other'), '--port', app.url.port]);
    expect(taken.code).toBe(2);
    expect(taken.stderr).toContain(`cannot be served on port ${app.url.port}`);
    expect((await session(['serve', '--port', '70000'])).code).toBe(2);
    expect(await app.end()).toBe(0);
  });
});

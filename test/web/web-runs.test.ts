// An import over the web host with the real engine: events, pause, cancel, tabs that come and go, the end of the server.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EXAMPLES, nextCall, runEvents } from '../support/app-bench.js';
import { scratchFolders } from '../support/scratch.js';
import { openTestWindow, serveForTest, type TestApp, type TestWindow } from '../support/served-app.js';

const scratch = scratchFolders();
const served: TestApp[] = [];
afterEach(async () => {
  await Promise.all(served.splice(0).map((app) => app.close()));
});

async function serve(): Promise<TestApp> {
  const app = await serveForTest(scratch());
  served.push(app);
  return app;
}

/** Bytes a second; slow enough that the test can act during the run. */
const SLOW = 60_000;
const importOf = (app: TestApp, more = {}) => ({
  packages: EXAMPLES,
  target: { store: join(app.folder, 'store') },
  ...more,
});

function until(window: TestWindow, call: string, type: string): Promise<void> {
  return vi.waitFor(
    () => expect(runEvents(window.events, call).map((event) => event.type)).toContain(type),
    30_000,
  );
}

describe('over the web', () => {
  it('a newcomer inspects and imports the examples, and both packages are there', async () => {
    const app = await serve();
    const window = await openTestWindow(app);
    const { examples, defaultStore } = await window.ask('info', null);
    expect(examples).toEqual(EXAMPLES);
    const reading = nextCall();
    const inventory = await window.ask('inspect', { packages: examples }, reading);
    expect(inventory.packages).toHaveLength(2);
    expect(runEvents(window.events, reading).length).toBeGreaterThan(0);
    const call = nextCall();
    const report = await window.ask('import', { packages: examples, target: { store: defaultStore } }, call);
    expect(report).toMatchObject({ result: 'done', kind: 'import' });
    expect(existsSync(join(app.folder, 'archbridge-store', 'charts', 'index.yaml'))).toBe(true);
    expect(runEvents(window.events, call).at(-1)?.type).toBe('run-ended');
    expect(window.events).toContainEqual({ type: 'run-ended', call, result: { ok: true, value: report } });
  });

  it('a run goes on when its tab is closed, and the next tab sees all of it and its end', async () => {
    const app = await serve();
    const first = await openTestWindow(app);
    const call = nextCall();
    const unheard = first
      .ask('import', importOf(app, { limitRate: SLOW }), call)
      .catch((error: unknown) => String(error));
    await until(first, call, 'run-started');
    await first.close();
    expect(await unheard).toContain('the socket was closed');

    const second = await openTestWindow(app);
    const active = await second.ask('activeRun', null);
    expect(active).toMatchObject({ call, method: 'import', result: null });
    expect(active?.progress.packages).toHaveLength(2);
    await vi.waitFor(() => expect(second.events.at(-1)?.type).toBe('run-ended'), 30_000);
    expect(await second.ask('activeRun', null)).toMatchObject({
      result: { ok: true, value: { result: 'done' } },
    });
  });

  it('a second run is refused, from another tab, too', async () => {
    const app = await serve();
    const [one, other] = [await openTestWindow(app), await openTestWindow(app)];
    const call = nextCall();
    const work = one.ask('import', importOf(app, { limitRate: SLOW }), call);
    await until(other, call, 'run-started');
    expect(await other.refusal('import', importOf(app))).toMatchObject({ code: 'app.run-going-on' });
    expect((await work).result).toBe('done');
  });

  it('pause, resume and cancel work from every tab', async () => {
    const app = await serve();
    const [one, other] = [await openTestWindow(app), await openTestWindow(app)];
    const call = nextCall();
    const work = one.ask('import', importOf(app, { limitRate: SLOW }), call);
    await until(other, call, 'run-started');
    const run = (await other.ask('activeRun', null))?.run ?? '';
    expect(await other.ask('pause', run)).toBe(true);
    await until(one, call, 'paused');
    expect(await one.ask('activeRun', null)).toMatchObject({ paused: true });
    expect(await one.ask('resume', run)).toBe(true);
    await until(other, call, 'resumed');
    other.cancel(call);
    expect((await work).result).toBe('cancelled');
    const again = nextCall();
    expect((await one.ask('import', importOf(app), again)).result).toBe('done');
  });

  it('a call ends with its tab, and its events go to no other tab', async () => {
    const app = await serve();
    const [one, other] = [await openTestWindow(app), await openTestWindow(app)];
    const call = nextCall();
    await one.ask('inspect', { packages: EXAMPLES }, call);
    expect(runEvents(one.events, call).length).toBeGreaterThan(0);
    expect(runEvents(other.events, call)).toEqual([]);
    const left = nextCall();
    const unanswered = one.ask('inspect', { packages: EXAMPLES, reread: true }, left).catch(() => 'gone');
    await one.close();
    expect(await unanswered).toBe('gone');
    // The name can be used again, so the call has ended.
    await vi.waitFor(
      async () => expect(await other.ask('inspect', { packages: EXAMPLES }, left)).toBeDefined(),
      30_000,
    );
  });

  it('the end of the server cancels a run and waits for it', async () => {
    const app = await serveForTest(scratch());
    const window = await openTestWindow(app);
    const call = nextCall();
    const work = window.ask('import', importOf(app, { limitRate: SLOW }), call);
    await until(window, call, 'run-started');
    expect(app.isRunGoingOn).toBe(true);
    await app.close();
    expect((await work).result).toBe('cancelled');
    expect(existsSync(join(app.folder, 'store', '.archbridge', 'lock'))).toBe(false);
  });
});

it('a port that is taken is named in the problem', async () => {
  const app = await serve();
  await expect(serveForTest(scratch(), { port: app.port })).rejects.toMatchObject({
    code: 'app.cannot-listen',
    params: { port: app.port },
  });
});

it('a window that was not built is reported before anything is served', async () => {
  const page = join(scratch(), 'none');
  await expect(serveForTest(scratch(), { page })).rejects.toMatchObject({
    code: 'app.window-not-built',
    params: { path: page },
  });
});

// The browser's bridge against the real web host: answers, events, and connections that are cut at any time.
import { join } from 'node:path';
import { WebSocket as NodeWebSocket } from 'ws';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AppBridge, AppEvent } from '../../../core/contract.js';
import { messageFor, hintFor } from '../../../core/messages/catalog.js';
import { createWebBridge } from '../../../web/client/bridge.js';
import { EXAMPLES, nextCall } from '../../support/app-bench.js';
import { scratchFolders } from '../../support/scratch.js';
import { serveForTest, type TestApp } from '../../support/served-app.js';

const scratch = scratchFolders();
const served: TestApp[] = [];
const sockets: NodeWebSocket[] = [];
let bridges = 0;
afterEach(async () => {
  await Promise.all(served.splice(0).map((app) => app.close()));
  // A bridge never stops connecting, so each one gets a last connection on which nothing happens.
  let parked = 0;
  class Nowhere {
    readonly readyState = 0;
    constructor() {
      parked += 1;
    }
    addEventListener(): void {
      // nothing to tell
    }
  }
  vi.stubGlobal('WebSocket', Nowhere);
  for (const socket of sockets.splice(0)) socket.terminate();
  await vi.waitFor(() => expect(parked).toBe(bridges), 30_000);
  bridges = 0;
});

/** What a browser gives to the page that this app served; with `network.up` false no new connection is made. */
function browserAt(app: TestApp): { up: boolean } {
  const network = { up: true };
  class BrowserSocket extends NodeWebSocket {
    constructor(url: URL) {
      // No server listens on port 9.
      const headers = { cookie: app.cookie, origin: `http://${app.host}` };
      super(network.up ? url : 'ws://127.0.0.1:9', { headers });
      this.on('error', () => undefined);
      sockets.push(this);
    }
  }
  vi.stubGlobal('WebSocket', BrowserSocket);
  vi.stubGlobal('window', { location: { href: `http://${app.host}/` } });
  return network;
}

interface OpenBridge {
  readonly app: TestApp;
  readonly network: { up: boolean };
  readonly bridge: AppBridge;
  readonly events: readonly AppEvent[];
}

async function open(): Promise<OpenBridge> {
  const app = await serveForTest(scratch());
  served.push(app);
  const network = browserAt(app);
  const bridge = createWebBridge();
  bridges += 1;
  const events: AppEvent[] = [];
  bridge.onEvent((event) => events.push(event));
  return { app, network, bridge, events };
}

/** Bytes a second; slow enough that the test can act during the run. */
const slowImport = (app: TestApp) => ({
  packages: EXAMPLES,
  target: { store: join(app.folder, 's') },
  limitRate: 60_000,
});

async function begun(events: readonly AppEvent[]): Promise<string> {
  return vi.waitFor(() => {
    const started = events.flatMap((event) =>
      event.type === 'run' && event.event.type === 'run-started' ? [event.event.run] : [],
    );
    expect(started).toHaveLength(1);
    return started[0] ?? '';
  }, 30_000);
}

const lost = (events: readonly AppEvent[]) => events.filter(({ type }) => type === 'engine-lost');

describe('the bridge in a browser', () => {
  it('accepts calls before it is connected, passes events on until unsubscribed, and knows no paths of files', async () => {
    const { app, bridge, events } = await open();
    const info = await bridge.invoke('info', null, nextCall());
    expect(info).toMatchObject({ ok: true, value: { host: 'web' } });
    const heard: AppEvent[] = [];
    const stop = bridge.onEvent((event) => heard.push(event));
    await bridge.invoke('inspect', { packages: [EXAMPLES[0] ?? ''] }, 'first');
    expect(heard.filter(({ type }) => type === 'run').length).toBeGreaterThan(0);
    stop();
    const before = heard.length;
    await bridge.invoke('inspect', { packages: [EXAMPLES[1] ?? ''] }, 'second');
    expect(heard).toHaveLength(before);
    expect(events.length).toBeGreaterThan(before);
    expect(bridge.pathOf(new File([], 'a.tar.gz'))).toBeNull();
    expect(app.isRunGoingOn).toBe(false);
  });

  it('cancels a call', async () => {
    const { app, bridge, events } = await open();
    const call = nextCall();
    const work = bridge.invoke('import', slowImport(app), call);
    await begun(events);
    bridge.cancel(call);
    expect(await work).toMatchObject({ ok: true, value: { result: 'cancelled' } });
  });

  it('connects again after a drop: the run still gets its answer, and the window is told to ask for the state again', async () => {
    const { app, bridge, events } = await open();
    const work = bridge.invoke('import', slowImport(app), nextCall());
    const run = await begun(events);
    await bridge.invoke('pause', run, nextCall());
    sockets.at(-1)?.terminate();
    await vi.waitFor(() => expect(lost(events)).toEqual([{ type: 'engine-lost', restarted: true }]), 30_000);
    await bridge.invoke('resume', run, nextCall());
    expect(await work).toMatchObject({ ok: true, value: { result: 'done' } });
  });

  it('gets the answer of a run that ended while there was no connection', async () => {
    const { app, network, bridge, events } = await open();
    const work = bridge.invoke('import', slowImport(app), nextCall());
    await begun(events);
    network.up = false;
    sockets.at(-1)?.terminate();
    await vi.waitFor(() => expect(app.isRunGoingOn).toBe(false), 30_000);
    expect(events.some(({ type }) => type === 'run-ended')).toBe(false);
    network.up = true;
    expect(await work).toMatchObject({ ok: true, value: { result: 'done' } });
  });

  it('ends calls with a problem when the server is gone, reports it once, and reports when it is back', async () => {
    const { app, network, bridge, events } = await open();
    await bridge.invoke('info', null, nextCall());
    const asked = bridge.invoke('inspect', { packages: EXAMPLES, reread: true }, nextCall());
    network.up = false;
    sockets.at(-1)?.terminate();
    const answer = await asked;
    expect(answer).toMatchObject({ ok: false, problem: { code: 'app.connection-lost', retryable: true } });
    if (!answer.ok) {
      // The browser's bridge has words of its own for this problem; they must stay the same as in the catalog.
      const words = [answer.problem.message, answer.problem.hint];
      const code = 'app.connection-lost';
      expect(words).toEqual([messageFor(code, {}, 'en'), hintFor(code, {}, 'en')]);
    }
    await vi.waitFor(() => expect(lost(events)).toEqual([{ type: 'engine-lost', restarted: false }]), 30_000);
    const { port } = app;
    await app.close();
    const again = await serveForTest(scratch(), { port });
    served.push(again);
    browserAt(again);
    await vi.waitFor(
      () => expect(lost(events).at(-1)).toEqual({ type: 'engine-lost', restarted: true }),
      30_000,
    );
    expect(lost(events)).toHaveLength(2);
    expect(await bridge.invoke('info', null, nextCall())).toMatchObject({ ok: true });
  });
});

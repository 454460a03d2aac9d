// The app as `archbridge serve` serves it, on its own port, with a page of a few files in place of the built one.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { AppEvent, AppMethod, AppMethods, Problem, Result } from '../../core/contract.js';
import type { ChannelAnswer } from '../../core/app/window-channel.js';
import { serveApp, type ServedApp, type ServeOptions } from '../../web/serve.js';
import { nextCall } from './app-bench.js';
import { rawRequest } from './raw-http.js';

export interface TestApp extends ServedApp {
  readonly folder: string;
  readonly host: string;
  /** The session's cookie `name=value`, as a browser has it after opening the printed address. */
  readonly cookie: string;
}

export async function serveForTest(folder: string, options: Partial<ServeOptions> = {}): Promise<TestApp> {
  const page = join(folder, 'page');
  mkdirSync(join(page, 'assets'), { recursive: true });
  writeFileSync(
    join(page, 'index.html'),
    '<!doctype html><meta name="csp-nonce" content="__CSP_NONCE__"><style nonce="__CSP_NONCE__"></style><script type="module" src="./assets/a-1.js"></script>',
  );
  writeFileSync(join(page, 'assets', 'a-1.js'), 'export const a = 1;\n');
  const app = await serveApp({
    stateDir: join(folder, 'state'),
    version: '0.0.0',
    language: 'en',
    port: 0,
    roots: [],
    cwd: folder,
    page,
    signal: new AbortController().signal,
    ...options,
  });
  const host = `127.0.0.1:${app.port}`;
  const { pathname, search } = new URL(app.url);
  const entry = await rawRequest(app.port, `GET ${pathname}${search}`, { host, connection: 'close' });
  const cookie = (entry.headers['set-cookie'] ?? '').split(';')[0] ?? '';
  return Object.assign(Object.create(app) as ServedApp, { folder, host, cookie });
}

/** One window's socket. */
export interface TestWindow {
  readonly socket: WebSocket;
  readonly events: AppEvent[];
  ask<M extends AppMethod>(
    method: M,
    input: AppMethods[M]['in'],
    call?: string,
  ): Promise<AppMethods[M]['out']>;
  refusal(method: string, input: unknown): Promise<Problem>;
  cancel(call: string): void;
  close(): Promise<void>;
}

export async function openTestWindow(app: Pick<TestApp, 'host' | 'cookie'>): Promise<TestWindow> {
  const headers = { cookie: app.cookie, origin: `http://${app.host}` };
  const socket = new WebSocket(`ws://${app.host}/socket`, { headers });
  const answers = new Map<string, (result: Result<unknown>) => void>();
  const events: AppEvent[] = [];
  socket.on('message', (data: Buffer) => {
    const message = JSON.parse(data.toString('utf8')) as ChannelAnswer;
    if (message.type === 'event') events.push(message.event);
    else answers.get(message.call)?.(message.result);
  });
  const gone = new Promise<never>((_resolve, reject) => {
    socket.once('close', () => reject(new Error('the socket was closed')));
  });
  gone.catch(() => undefined);
  await once(socket, 'open');
  const invoke = (method: string, input: unknown, call: string): Promise<Result<unknown>> => {
    const answer = new Promise<Result<unknown>>((settle) => answers.set(call, settle));
    socket.send(JSON.stringify({ type: 'invoke', method, input, call }));
    return Promise.race([answer, gone]);
  };
  return {
    socket,
    events,
    async ask(method, input, call = nextCall()) {
      const result = await invoke(method, input, call);
      if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
      return result.value as never;
    },
    async refusal(method, input) {
      const result = await invoke(method, input, nextCall());
      if (result.ok) throw new Error(`${method} was carried out`);
      return result.problem;
    },
    cancel: (call) => socket.send(JSON.stringify({ type: 'cancel', call })),
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

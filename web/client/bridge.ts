// The app's bridge in a browser: one WebSocket to the serving process carries calls, answers and events.
import { isRunMethod, isSeveralMethod } from '../../core/contract.js';
import type { AppBridge, AppEvent, AppMethod, AppMethods, Problem, Result } from '../../core/contract.js';

/** What the server sends. It is trusted: the page came from it. */
type FromServer =
  | { readonly type: 'answer'; readonly call: string; readonly result: Result<unknown> }
  | { readonly type: 'event'; readonly event: AppEvent };

interface PendingCall {
  readonly method: AppMethod;
  readonly message: string;
  readonly settle: (result: Result<unknown>) => void;
  sent: boolean;
}

const SOCKET_PATH = '/socket';
/** Milliseconds before each attempt to connect again; the last value repeats. */
const PAUSES = [200, 1000, 2000, 5000];

/** The words of this problem in each language are in core/messages, under its `code`. */
const CONNECTION_LOST: Problem = {
  code: 'app.connection-lost',
  params: {},
  message: 'The connection to Archbridge was lost.',
  hint: 'Is "archbridge serve" still running? This page connects again by itself; then repeat what you did last.',
  origin: 'app',
  retryable: true,
};

/**
 * Connects to the server that this page came from. Connects again whenever the connection is lost (a tunnel closed, the computer
 * slept). A run goes on meanwhile and its answer still arrives; other calls end with `app.connection-lost`.
 */
export function createWebBridge(): AppBridge {
  return new WebBridge();
}

class WebBridge implements AppBridge {
  readonly #listeners = new Set<(event: AppEvent) => void>();
  readonly #calls = new Map<string, PendingCall>();
  #socket: WebSocket;
  /** Attempts to connect since the connection was lost. */
  #failures = 0;
  #wasOpen = false;

  constructor() {
    this.#socket = this.#connect();
  }

  invoke<M extends AppMethod>(
    method: M,
    input: AppMethods[M]['in'],
    call: string,
  ): Promise<Result<AppMethods[M]['out']>> {
    const answer = new Promise<Result<unknown>>((settle) => {
      const message = JSON.stringify({ type: 'invoke', call, method, input });
      this.#calls.set(call, { method, message, settle, sent: false });
      this.#sendWaiting();
    });
    // Server and page are of the same version, so the answer has the type that the contract gives for the method.
    return answer as Promise<Result<AppMethods[M]['out']>>;
  }

  cancel(call: string): void {
    if (this.#socket.readyState === WebSocket.OPEN)
      this.#socket.send(JSON.stringify({ type: 'cancel', call }));
  }

  onEvent(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  pathOf(): null {
    return null;
  }

  #connect(): WebSocket {
    const url = new URL(SOCKET_PATH, window.location.href);
    url.protocol = 'ws:';
    const socket = new WebSocket(url);
    socket.addEventListener('open', () => this.#opened());
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => this.#received(data));
    socket.addEventListener('close', () => this.#closed());
    return socket;
  }

  #opened(): void {
    const again = this.#wasOpen;
    this.#wasOpen = true;
    this.#failures = 0;
    this.#sendWaiting();
    if (!again) return;
    // Events were missed, so stores that show a run ask for it again.
    this.#tell({ type: 'engine-lost', restarted: true });
    void this.#answerRunThatEnded();
  }

  #closed(): void {
    for (const [call, pending] of this.#calls) {
      if (pending.sent && !isRunMethod(pending.method))
        this.#settle(call, { ok: false, problem: CONNECTION_LOST });
    }
    this.#failures += 1;
    // One lost connection is usually back within a second, so the page is told at the second failure only.
    if (this.#failures === 2) this.#tell({ type: 'engine-lost', restarted: false });
    const pause = PAUSES[Math.min(this.#failures, PAUSES.length) - 1];
    setTimeout(() => (this.#socket = this.#connect()), pause);
  }

  #received(text: string): void {
    const message = JSON.parse(text) as FromServer;
    if (message.type === 'answer') return this.#settle(message.call, message.result);
    this.#tell(message.event);
    if (message.event.type !== 'run-ended') return;
    const { call, result } = message.event;
    // The answer itself would go to the connection that was lost, so the event is used. Several runs of one call have events of their own.
    if (!isSeveralMethod(this.#calls.get(call)?.method ?? '')) this.#settle(call, result);
  }

  /**
   * Answers runs that ended while there was no connection. If the server does not know the run, it was restarted, and the call ends
   * with `app.connection-lost`.
   */
  async #answerRunThatEnded(): Promise<void> {
    const waiting = [...this.#calls].filter(([, { method, sent }]) => sent && isRunMethod(method));
    if (waiting.length === 0) return;
    const active = await this.invoke('activeRun', null, crypto.randomUUID());
    if (!active.ok) return;
    for (const [call, { method }] of waiting) {
      if (active.value?.call !== call) {
        this.#settle(call, { ok: false, problem: CONNECTION_LOST });
        continue;
      }
      const results = [active.value, ...active.value.others].flatMap(({ result }) => result ?? []);
      const [first] = results;
      if (first === undefined || results.length <= active.value.others.length) continue;
      this.#settle(call, isSeveralMethod(method) ? { ok: true, value: results } : first);
    }
  }

  #sendWaiting(): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    for (const pending of this.#calls.values()) {
      if (pending.sent) continue;
      pending.sent = true;
      this.#socket.send(pending.message);
    }
  }

  #settle(call: string, result: Result<unknown>): void {
    this.#calls.get(call)?.settle(result);
    this.#calls.delete(call);
  }

  #tell(event: AppEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

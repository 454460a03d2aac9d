// The main process's side of the engine's process: sends calls, receives answers and events, starts a new process when one is lost.
import { utilityProcess, type UtilityProcess } from 'electron';
import { isRunMethod } from '../core/contract.js';
import { AppError, toProblem } from '../core/errors.js';
import type { AppEvent, Result } from '../core/contract.js';
import type { EngineStart, FromEngine } from './engine-messages.js';

export interface EngineClientOptions {
  /** Absolute path of the process's program. */
  readonly program: string;
  /** Asked before each start of the process. */
  readonly start: () => Omit<EngineStart, 'type'>;
  readonly onEvent: (event: AppEvent) => void;
}

interface PendingCall {
  readonly method: string;
  readonly settle: (result: Result<unknown>) => void;
}

/** After more losses than this in a minute the process is started again only for the next call. */
const LOSSES_A_MINUTE = 3;
/** Milliseconds that a cancelled run gets to end before the process is killed. */
const CLOSING_MS = 60_000;

export class EngineClient {
  readonly #options: EngineClientOptions;
  readonly #calls = new Map<string, PendingCall>();
  #child: UtilityProcess | null = null;
  /** Messages for a process that has not sent `hello` yet; null once it has. */
  #waiting: unknown[] | null = null;
  #losses: number[] = [];
  #closed: (() => void) | null = null;

  constructor(options: EngineClientOptions) {
    this.#options = options;
    this.#startProcess();
  }

  invoke(method: string, input: unknown, call: string): Promise<Result<unknown>> {
    return new Promise((settle) => {
      this.#calls.set(call, { method, settle });
      this.#post({ type: 'invoke', method, input, call });
    });
  }

  cancel(call: string): void {
    this.#post({ type: 'cancel', call });
  }

  /** Ends the process; a run in it is cancelled first and waited for. */
  async close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#closed = resolve;
      timer = setTimeout(resolve, CLOSING_MS);
      this.#post({ type: 'close' });
    });
    clearTimeout(timer);
    this.#child = null;
    child.kill();
  }

  #post(message: unknown): void {
    if (!this.#child) this.#startProcess();
    if (this.#waiting) this.#waiting.push(message);
    else this.#child?.postMessage(message);
  }

  #startProcess(): void {
    const child = utilityProcess.fork(this.#options.program, [], {
      serviceName: 'Archbridge engine',
      stdio: 'inherit',
    });
    this.#child = child;
    this.#waiting = [];
    child.on('message', (message: FromEngine) => this.#received(child, message));
    child.on('exit', () => this.#lost(child));
  }

  #received(child: UtilityProcess, message: FromEngine): void {
    switch (message.type) {
      case 'hello': {
        child.postMessage({ type: 'start', ...this.#options.start() });
        for (const waiting of this.#waiting ?? []) child.postMessage(waiting);
        this.#waiting = null;
        return;
      }
      case 'answer':
        this.#calls.get(message.call)?.settle(message.result);
        this.#calls.delete(message.call);
        return;
      case 'event':
        return this.#options.onEvent(message.event);
      case 'closed':
        return this.#closed?.();
    }
  }

  /** Ends every pending call with a problem, tells all windows about a run that was lost, then starts a new process. */
  #lost(child: UtilityProcess): void {
    if (this.#child !== child) return;
    this.#child = null;
    this.#waiting = null;
    this.#closed?.();
    const lost = [...this.#calls];
    this.#calls.clear();
    const now = Date.now();
    this.#losses = [...this.#losses.filter((time) => now - time < 60_000), now];
    const restarted = this.#losses.length <= LOSSES_A_MINUTE && this.#closed === null;
    if (restarted) this.#startProcess();
    const problem = toProblem(new AppError('app.engine-lost', { origin: 'app', retryable: true }));
    for (const [call, { method, settle }] of lost) {
      settle({ ok: false, problem });
      if (isRunMethod(method)) {
        this.#options.onEvent({ type: 'run-ended', call, result: { ok: false, problem } });
      }
    }
    this.#options.onEvent({ type: 'engine-lost', restarted });
  }
}

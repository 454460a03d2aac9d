// The app behind its window, the same for desktop and web: every method of the contract, and the events that nobody asked for.
import type { AppEvent, AppMethod, AppMethods, Problem, Result, RunEvent } from '../contract.js';
import { AppError, isAbort, toProblem } from '../errors.js';
import { appMethods, type AppServiceOptions, type CallContext } from './app-methods.js';
import { inputSchemas } from './request-schemas.js';
import { settingsChangeSchema } from './settings-file.js';

export type { AppServiceOptions } from './app-methods.js';

/** What a host puts behind its channel. */
export interface AppService {
  /**
   * Carries out one method; what goes wrong is in the result. `input` is whatever came in and is checked here. `onEvent` gets
   * the events of a call that is no run; those of imports and undos go to everybody who subscribed.
   */
  invoke(
    method: string,
    input: unknown,
    call: string,
    onEvent?: (event: RunEvent) => void,
  ): Promise<Result<unknown>>;
  /** Stops a call in good order; unknown ones have ended already. */
  cancel(call: string): void;
  /** Answers a function that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void;
  /** True while an import or undo is going on. */
  readonly isRunGoingOn: boolean;
  /** Stops what is going on in good order and waits for it. */
  close(): Promise<void>;
}

/** Nothing is read or contacted before the first call. */
export function createAppService(options: AppServiceOptions): AppService {
  return new Service(options);
}

/** More log lines a second than this are for the file, not for a window. */
const LINES_PER_SECOND = 50;

class Service implements AppService {
  readonly #options: AppServiceOptions;
  readonly #methods: ReturnType<typeof appMethods>;
  readonly #calls = new Map<string, { readonly stop: AbortController; readonly ended: Promise<unknown> }>();
  readonly #listeners = new Set<(event: AppEvent) => void>();
  #isClosed = false;

  constructor(options: AppServiceOptions) {
    this.#options = options;
    this.#methods = appMethods(options, (event) => this.#tell(event));
    options.log.onLine(atMost(LINES_PER_SECOND, (line) => this.#tell({ type: 'log', line })));
  }

  get isRunGoingOn(): boolean {
    return this.#methods.run.isGoingOn;
  }

  async invoke(
    method: string,
    input: unknown,
    call: string,
    onEvent: (event: RunEvent) => void = () => undefined,
  ): Promise<Result<unknown>> {
    const stop = new AbortController();
    try {
      if (!isMethod(method)) throw badRequest(method, 'no such method');
      if (this.#isClosed || this.#calls.has(call)) throw badRequest(method, 'this call cannot be taken');
      const context = { call, signal: stop.signal, onEvent };
      const work = this.#carryOut(method, input, context);
      this.#calls.set(call, { stop, ended: work.catch(() => undefined) });
      try {
        return await work;
      } finally {
        this.#calls.delete(call);
      }
    } catch (error) {
      return { ok: false, problem: this.#problem(error, method, stop.signal) };
    }
  }

  cancel(call: string): void {
    this.#calls.get(call)?.stop.abort();
  }

  subscribe(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#methods.drives.stop();
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#methods.drives.stop();
    for (const { stop } of this.#calls.values()) stop.abort();
    await Promise.all([...this.#calls.values()].map(({ ended }) => ended));
    this.#options.log.onLine(null);
  }

  async #carryOut<M extends AppMethod>(
    method: M,
    input: unknown,
    context: CallContext,
  ): Promise<Result<AppMethods[M]['out']>> {
    const read = { ...inputSchemas, saveSettings: settingsChangeSchema }[method].safeParse(input);
    if (!read.success) {
      // where, but never what: it may be a password
      const [issue] = read.error.issues;
      throw badRequest(method, `${issue?.path.join('.') ?? ''} ${issue?.code ?? ''}`.trim());
    }
    if (method === 'drives' && this.#listeners.size > 0) this.#methods.drives.start();
    return this.#methods.handlers[method](read.data, context);
  }

  #problem(error: unknown, method: string, signal: AbortSignal): Problem {
    if (isAbort(error, signal)) return toProblem(new AppError('run.cancelled', { origin: 'app' }));
    const problem = toProblem(error);
    if (problem.code === 'app.defect') {
      const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
      this.#options.log.write('error', 'a method failed', { method, detail });
    }
    return problem;
  }

  #tell(event: AppEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

function isMethod(name: string): name is AppMethod {
  return name === 'saveSettings' || Object.hasOwn(inputSchemas, name);
}

function badRequest(method: string, detail: string): AppError {
  return new AppError('app.bad-request', { origin: 'app', params: { method, detail } });
}

function atMost(count: number, tell: (line: string) => void): (line: string) => void {
  let second = 0;
  let told = 0;
  return (line) => {
    const now = Math.floor(Date.now() / 1000);
    if (now !== second) [second, told] = [now, 0];
    told += 1;
    if (told <= count) tell(line);
  };
}

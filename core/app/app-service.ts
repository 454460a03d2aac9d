// The service behind the app's window, the same for desktop and web: the methods of the contract, and the events for windows.
import type { AppEvent, AppMethod, AppMethods, Problem, Result, RunEvent } from '../contract.js';
import { AppError, isAbort, toProblem } from '../errors.js';
import { appMethods, type AppServiceOptions, type CallContext } from './app-methods.js';
import { inputSchemas } from './request-schemas.js';
import { settingsChangeSchema } from './settings-file.js';

export type { AppServiceOptions } from './app-methods.js';

/** What a host calls for its windows. */
export interface AppService {
  /**
   * Carries out one method. Failures are in the result; nothing is thrown. `input` comes from the window unchecked and is checked
   * here. `onEvent` gets the events of a call that is no run; events of imports and undos go to all subscribers.
   */
  invoke(
    method: string,
    input: unknown,
    call: string,
    onEvent?: (event: RunEvent) => void,
  ): Promise<Result<unknown>>;
  /** Cancels a call; the call then still answers. A call that has ended is ignored. */
  cancel(call: string): void;
  /** Subscribes to events. Returns a function that ends the subscription. */
  subscribe(listener: (event: AppEvent) => void): () => void;
  /** True while an import or undo is active. */
  readonly isRunGoingOn: boolean;
  /** Cancels everything that is active and waits until it has ended. */
  close(): Promise<void>;
}

/** Makes the service. It reads nothing and contacts nobody before the first call. */
export function createAppService(options: AppServiceOptions): AppService {
  return new Service(options);
}

/** Log lines a second that windows get; further lines are in the file only. */
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
    return this.#methods.runs.isGoingOn;
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
      // The log gets the place of the wrong input but not its value, which may be a password.
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

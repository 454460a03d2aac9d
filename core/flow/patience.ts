// How long a run waits for servers that are away or ask to be left alone: one for all connections of a run, so that it ends in bounded time.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cancellable } from '../ports/cancellable.js';
import { ServerWatch, type AwayListener, type Probe } from './server-watch.js';

/** Told when a wait begins that ends later than those before it. */
export interface LongWait {
  /** Who asks to wait: the error of its answer. */
  readonly reason: Error;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const NOBODY: AwayListener = { onAway: () => undefined, onBack: () => undefined };

/** The time that a run may wait altogether, shared by all its connections. */
export class Patience {
  readonly #limitMs: number;
  readonly #onWait: (wait: LongWait) => void;
  readonly #onAway: AwayListener;
  readonly #watches = new Map<string, ServerWatch>();
  /** When the first wait began after which no request has succeeded yet, on the monotonic clock. */
  #since: number | null = null;
  #told = 0;

  /** `limitMs`: how long to wait altogether before a request succeeds again; 0 does not wait. */
  constructor(
    limitMs: number,
    onWait: (wait: LongWait) => void = () => undefined,
    onAway: AwayListener = NOBODY,
  ) {
    this.#limitMs = limitMs;
    this.#onWait = onWait;
    this.#onAway = onAway;
  }

  /** The state of the server at `host` (`host:port`), the same for all its connections. `probe` is used by the first caller. */
  watch(host: string, probe: Probe): ServerWatch {
    const known = this.#watches.get(host);
    if (known) return known;
    const watch = new ServerWatch({ host, probe, limitMs: this.#limitMs, ...this.#onAway });
    this.#watches.set(host, watch);
    return watch;
  }

  /** Waits while a server of the run is away; returns also when one was waited for in vain, as its next request says so. */
  async passed(options: Cancellable): Promise<void> {
    for (const watch of this.#watches.values()) await watch.passed(options);
  }

  /** Milliseconds that may be waited altogether. */
  get limitMs(): number {
    return this.#limitMs;
  }

  /** True while a server of the run is away. */
  get isWaiting(): boolean {
    return [...this.#watches.values()].some(({ away }) => away !== null);
  }

  /** Probes servers that are away at once. False when all answer. */
  tryNow(): boolean {
    return [...this.#watches.values()].map((watch) => watch.tryNow()).includes(true);
  }

  /** Waits for `ms` milliseconds. False at once where that would be longer than is left. */
  async wait(ms: number, reason: Error, { signal }: { readonly signal: AbortSignal }): Promise<boolean> {
    const waited = this.#since === null ? 0 : performance.now() - this.#since;
    if (waited + ms > this.#limitMs) return false;
    this.#since ??= performance.now();
    const until = Date.now() + ms;
    // Many requests wait at the same time; one word for all of them is enough.
    if (until > this.#told + 1_000) {
      this.#told = until;
      this.#onWait({ reason, until });
    }
    await sleep(ms, undefined, { signal });
    return true;
  }

  /** A request that had waited has succeeded: the next wait has the whole time again. */
  recovered(): void {
    this.#since = null;
  }
}

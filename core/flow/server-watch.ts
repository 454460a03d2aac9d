// Whether one server of a run answers: one state that all requests to it share, so that they wait together while it is away.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cancellable } from '../ports/cancellable.js';
import { orAborted } from './cancel.js';
import { SharedTask } from './shared-task.js';

/** Asks the server itself for a sign of life: null, or why it gives none. */
export type Probe = (options: Cancellable) => Promise<Error | null>;

/** A server that does not answer. Times are milliseconds since the epoch. */
export interface Away {
  /** `host:port`, or a host alone. */
  readonly host: string;
  readonly reason: Error;
  readonly since: number;
  /** When waiting for it ends. */
  readonly until: number;
}

/** Told once when a server turns out to be away, and once when it is back. */
export interface AwayListener {
  readonly onAway: (away: Away) => void;
  readonly onBack: (away: Away) => void;
}

/** `answers`: the failure concerns one request. `back`: the server was away and answers again. `gone`: it was waited for in vain. */
export type Verdict = 'answers' | 'back' | 'gone';

export interface WatchOptions extends AwayListener {
  readonly host: string;
  readonly probe: Probe;
  /** How long to wait altogether until a request succeeds again; 0 does not wait. */
  readonly limitMs: number;
  /** The first pause between probes of a server that is away; each further one is twice as long, up to `longestPauseMs`. */
  readonly firstPauseMs?: number;
  /** The pause between the probes that find out whether it is away. */
  readonly shortPauseMs?: number;
  /** How long the probes must fail until it counts as away. */
  readonly awayAfterMs?: number;
  readonly longestPauseMs?: number;
}

/**
 * A proxy that fails a part of all requests fails probes as well. So a server counts as away only after several probes and some time,
 * and only where no other request succeeds meanwhile.
 */
const PROBES_BEFORE_AWAY = 3;
const AWAY_AFTER_MS = 1_000;
const SHORT_PAUSE_MS = 100;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;

interface Search {
  readonly verdict: Promise<Verdict>;
  readonly stop: AbortController;
  waiting: number;
}

/** The state of one server during a run. */
export class ServerWatch {
  readonly #options: WatchOptions;
  #search: Search | null = null;
  /** When the first failure came after which no request has succeeded yet, on the monotonic clock. */
  #since: number | null = null;
  #away: Away | null = null;
  #isGone = false;
  /** How many requests have succeeded: where one does while the server is probed, the server is not away. */
  #successes = 0;
  #probeNow: () => void = () => undefined;
  readonly #asking = new SharedTask<Error | null>();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** What is known of the server while it is away, and after it was waited for in vain. */
  get away(): Away | null {
    return this.#away;
  }

  /** Finds out whether a request failed because the server is away, and waits for its return then. */
  async judge(options: Cancellable): Promise<Verdict> {
    if (this.#isGone) return 'gone';
    this.#since ??= performance.now();
    return this.#join(options);
  }

  /** Resolves at once while the server answers; else as {@link judge}. Called before a request is sent. */
  async passed(options: Cancellable): Promise<Verdict> {
    if (this.#isGone) return 'gone';
    return this.#away && this.#search ? this.#join(options) : 'answers';
  }

  /** Asks the server for a sign of life now, once for all callers; why it gives none, or null. It is not waited for. */
  async ask(options: Cancellable): Promise<Error | null> {
    return this.#asking.run(() => this.#options.probe(options), options);
  }

  /** A request has succeeded: the next time that the server is away has the whole patience again. */
  succeeded(): void {
    this.#successes += 1;
    if (!this.#away) this.#since = null;
  }

  /** Probes at once instead of at the end of the pause. False when the server is not away. */
  tryNow(): boolean {
    const isWaiting = this.#away !== null && !this.#isGone;
    this.#probeNow();
    return isWaiting;
  }

  /** All callers wait for the same search; it is stopped when each of them is cancelled. */
  async #join(options: Cancellable): Promise<Verdict> {
    const search = (this.#search ??= this.#begin());
    search.waiting += 1;
    try {
      return await orAborted(search.verdict, options);
    } finally {
      search.waiting -= 1;
      if (search.waiting === 0) search.stop.abort();
    }
  }

  #begin(): Search {
    const stop = new AbortController();
    const verdict = this.#look(stop).finally(() => (this.#search = null));
    // When every caller was cancelled, nobody waits for it any more.
    verdict.catch(() => undefined);
    return { verdict, stop, waiting: 0 };
  }

  async #look({ signal }: Cancellable): Promise<Verdict> {
    const { host, probe, limitMs } = this.#options;
    const {
      shortPauseMs = SHORT_PAUSE_MS,
      awayAfterMs = AWAY_AFTER_MS,
      firstPauseMs = FIRST_PAUSE_MS,
      longestPauseMs = LONGEST_PAUSE_MS,
    } = this.#options;
    const deadline = (this.#since ?? performance.now()) + limitMs;
    const before = this.#successes;
    const began = performance.now();
    let longPause = firstPauseMs;
    for (let probes = 1; ; probes += 1) {
      const reason = await probe({ signal });
      if (reason === null) return this.#found();
      if (!this.#away && this.#successes > before) return 'answers';
      const isEarly = probes < PROBES_BEFORE_AWAY || performance.now() - began < awayAfterMs;
      if (!this.#away && isEarly) {
        await this.#pause(shortPauseMs, { signal });
        continue;
      }
      const left = deadline - performance.now();
      if (!this.#away)
        this.#notice({ host, reason, since: Date.now(), until: Date.now() + Math.max(0, left) });
      if (left <= 0) {
        this.#isGone = true;
        return 'gone';
      }
      // The pause varies so that several clients do not return at the same time.
      await this.#pause(Math.min(left, longPause * (0.5 + Math.random())), { signal });
      longPause = Math.min(longPause * 2, longestPauseMs);
    }
  }

  #notice(away: Away): void {
    this.#away = away;
    if (this.#options.limitMs > 0) this.#options.onAway(away);
  }

  #found(): Verdict {
    const away = this.#away;
    if (!away) return 'answers';
    this.#away = null;
    this.#options.onBack(away);
    return 'back';
  }

  async #pause(ms: number, { signal }: Cancellable): Promise<void> {
    const woken = new AbortController();
    this.#probeNow = () => woken.abort();
    try {
      await sleep(ms, undefined, { signal: AbortSignal.any([signal, woken.signal]) });
    } catch (error) {
      if (signal.aborted) throw error;
    } finally {
      this.#probeNow = () => undefined;
    }
  }
}

// The import or undo that is active, kept for windows that open later, and its answer after it has ended.
import { afterEvents, NO_PROGRESS, progressAtEnd, progressAtStart, snapshotOf } from '../contract.js';
import type {
  ActiveRun,
  ImportRequest,
  Report,
  Result,
  RunEvent,
  RunProgress,
  TimedEvent,
  UndoRequest,
} from '../contract.js';
import { AppError } from '../errors.js';

const MOST_WAITING = 1000;

/** The run that this host carries out now, or that ended last, with all that its events told. */
export class RunInHand {
  #active: Omit<ActiveRun, 'run' | 'paused' | 'away' | 'progress' | 'told'> | null = null;
  #progress: RunProgress = NO_PROGRESS;
  #told = 0;
  /** Events that are not folded in yet: a run of hours tells many, and each fold copies all that is known. */
  #waiting: TimedEvent[] = [];

  get active(): ActiveRun | null {
    if (!this.#active) return null;
    this.#takeIn();
    const { run, paused, away } = this.#progress;
    return { ...this.#active, run, paused, away, progress: snapshotOf(this.#progress), told: this.#told };
  }

  get isGoingOn(): boolean {
    return this.#active !== null && this.#active.result === null;
  }

  /** Throws `app.run-going-on`. The request is kept as it came from the window, without credentials. */
  begin(call: string, method: ActiveRun['method'], request: ImportRequest | UndoRequest): void {
    if (this.isGoingOn) throw new AppError('app.run-going-on', { origin: 'app' });
    this.#progress = progressAtStart(request, Date.now());
    this.#told = 0;
    this.#waiting = [];
    this.#active = { call, method, request, result: null };
  }

  /** Keeps the event; gives how many events the run has told with it. */
  note(event: RunEvent): number {
    this.#waiting.push({ event, at: Date.now() });
    if (this.#waiting.length >= MOST_WAITING) this.#takeIn();
    return (this.#told += 1);
  }

  end(result: Result<Report>): void {
    if (!this.#active) return;
    this.#takeIn();
    this.#progress = progressAtEnd(this.#progress, result.ok ? result.value.result : 'failed', Date.now());
    this.#active = { ...this.#active, result };
  }

  #takeIn(): void {
    if (this.#waiting.length > 0) this.#progress = afterEvents(this.#progress, this.#waiting);
    this.#waiting = [];
  }
}

// The import or undo that is active, one run for each of its targets, kept for windows that open later, and its answer after it has ended.
import { afterEvents, progressAtEnd, progressAtStart, snapshotOf } from '../contract.js';
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

interface Begun {
  readonly call: string;
  readonly method: ActiveRun['method'];
  readonly request: ImportRequest | UndoRequest;
}

/** What this host carries out now, or carried out last: one run, or one for each target of an import. */
export class RunsInHand {
  #runs: readonly RunInHand[] = [];

  get active(): ActiveRun | null {
    const [first, ...others] = this.#runs.map((run) => run.active);
    return first === undefined ? null : { ...first, others };
  }

  get isGoingOn(): boolean {
    return this.#runs.some((run) => run.isGoingOn);
  }

  /** Throws `app.run-going-on`. The requests are kept as they came from the window, without credentials. */
  begin(all: readonly Begun[]): readonly RunInHand[] {
    if (this.isGoingOn) throw new AppError('app.run-going-on', { origin: 'app' });
    this.#runs = all.map((one) => new RunInHand(one));
    return this.#runs;
  }
}

/** The run that this host carries out now, or that ended last, with all that its events told. */
class RunInHand {
  readonly #begun: Begun;
  #result: Result<Report> | null = null;
  #progress: RunProgress;
  #told = 0;
  /** Events that are not folded in yet: a run of hours tells many, and each fold copies all that is known. */
  #waiting: TimedEvent[] = [];

  constructor(begun: Begun) {
    this.#begun = begun;
    this.#progress = progressAtStart(begun.request, Date.now());
  }

  get active(): ActiveRun {
    this.#takeIn();
    const { run, paused, away } = this.#progress;
    const progress = snapshotOf(this.#progress);
    return {
      ...this.#begun,
      result: this.#result,
      run,
      paused,
      away,
      progress,
      told: this.#told,
      others: [],
    };
  }

  get isGoingOn(): boolean {
    return this.#result === null;
  }

  /** Keeps the event; gives how many events the run has told with it. */
  note(event: RunEvent): number {
    this.#waiting.push({ event, at: Date.now() });
    if (this.#waiting.length >= MOST_WAITING) this.#takeIn();
    return (this.#told += 1);
  }

  end(result: Result<Report>): void {
    this.#takeIn();
    this.#progress = progressAtEnd(this.#progress, result.ok ? result.value.result : 'failed', Date.now());
    this.#result = result;
  }

  #takeIn(): void {
    if (this.#waiting.length > 0) this.#progress = afterEvents(this.#progress, this.#waiting);
    this.#waiting = [];
  }
}

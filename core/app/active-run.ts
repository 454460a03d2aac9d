// The import or undo that is active, kept for windows that open later, and its answer after it has ended.
import type { ActiveRun, ImportRequest, Report, Result, RunEvent, UndoRequest } from '../contract.js';
import { AppError } from '../errors.js';

const LAST_ONLY: ReadonlySet<RunEvent['type']> = new Set([
  'progress',
  'surveyed',
  'blobs',
  'retried',
] as const);

type BlobsEvent = Extract<RunEvent, { type: 'blobs' }>;

/** The run that this host carries out now, or that ended last, with its events for a window that opens later. */
export class RunInHand {
  #active: ActiveRun | null = null;
  #events: RunEvent[] = [];

  get active(): ActiveRun | null {
    return this.#active && { ...this.#active, events: [...this.#events] };
  }

  get isGoingOn(): boolean {
    return this.#active !== null && this.#active.result === null;
  }

  /** Throws `app.run-going-on`. The request is kept as it came from the window, without credentials. */
  begin(call: string, method: ActiveRun['method'], request: ImportRequest | UndoRequest): void {
    if (this.isGoingOn) throw new AppError('app.run-going-on', { origin: 'app' });
    this.#events = [];
    this.#active = { call, method, request, run: null, paused: false, away: null, events: [], result: null };
  }

  note(told: RunEvent): void {
    if (!this.#active) return;
    const event = told.type === 'blobs' ? this.#withEarlier(told) : told;
    // Of these events only the last one matters; a run of hours sends ten a second.
    if (LAST_ONLY.has(event.type)) {
      const before = this.#events.findLastIndex(({ type }) => type === event.type);
      if (before >= 0) this.#events.splice(before, 1);
    }
    this.#events.push(event);
    if (event.type === 'run-started') this.#active = { ...this.#active, run: event.run };
    if (event.type === 'paused' || event.type === 'resumed') {
      this.#active = { ...this.#active, paused: event.type === 'paused' };
    }
    if (event.type === 'away') this.#active = { ...this.#active, away: event };
    if (event.type === 'back') this.#active = { ...this.#active, away: null };
  }

  /** Joins the event with the earlier ones, so that it holds the last state of each blob of the whole run. */
  #withEarlier(event: BlobsEvent): BlobsEvent {
    const earlier = this.#events.find((one) => one.type === 'blobs');
    const last = new Map([...(earlier?.ended ?? []), ...event.ended].map((blob) => [blob.digest, blob]));
    return { ...event, ended: [...last.values()] };
  }

  end(result: Result<Report>): void {
    if (this.#active) this.#active = { ...this.#active, paused: false, away: null, result };
  }
}

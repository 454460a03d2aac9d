// Tells the rows of a comparison while it is being made: all of them at once as the packages tell them, then those whose tags were read.
import type { CoverageImage, RunEvent } from '../../contract.js';
import { columnOfOffer, type RowContext } from './compare-cell.js';
import { columnsOfTag, coverageImage } from './compare-image.js';
import type { TagView } from './compare-tag.js';
import type { ComparedTag } from './compared-tags.js';
import { sortColumns } from './platform-columns.js';

/** Milliseconds between two events; each makes the window draw again. */
const EVERY_MS = 250;

/** What it tells, and how. */
export interface RowEventsOptions {
  readonly context: RowContext;
  /** The columns to show out of those that were found so far. */
  readonly shown: (found: readonly string[]) => readonly string[];
  readonly emit: (event: RunEvent) => void;
  /** Milliseconds, for tests. */
  readonly now?: () => number;
}

/** The bytes to send of a row need all tags, so they are 0 here. */
export class RowEvents {
  readonly #options: RowEventsOptions;
  readonly #now: () => number;
  readonly #columns: Set<string>;
  #waiting: (() => CoverageImage)[] = [];
  #told = 0;

  constructor(options: RowEventsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    this.#columns = new Set(options.context.required);
  }

  /** Tells every row, without cells. `reference` gives the name of a tag in the target. */
  begin(tags: readonly ComparedTag[], reference: (tag: ComparedTag) => string): void {
    const { context } = this.#options;
    for (const { offers } of tags)
      for (const offer of offers) this.#columns.add(columnOfOffer(offer, context));
    this.#waiting = tags.map((tag) => () => ({
      source: tag.sources[0] ?? reference(tag),
      sources: tag.sources,
      target: context.target ? reference(tag) : '',
      charts: tag.charts,
      ...{ cells: {}, before: [], after: [], bytesToSend: 0, problem: null },
    }));
    this.flush();
  }

  /** Takes in a tag that was read. */
  read(tag: ComparedTag, view: TagView, reference: string): void {
    const { context } = this.#options;
    for (const column of columnsOfTag(tag, view, context)) this.#columns.add(column);
    this.#waiting.push(() =>
      coverageImage(tag, view, reference, this.#shown(), { ...context, bytesToSend: new Map() }),
    );
    if (this.#now() - this.#told >= EVERY_MS) this.flush();
  }

  /** Tells what was taken in since the last event. */
  flush(): void {
    if (this.#waiting.length === 0) return;
    const images = this.#waiting.map((row) => row());
    this.#waiting = [];
    this.#told = this.#now();
    this.#options.emit({ type: 'compared', platforms: this.#shown(), images });
  }

  #shown(): readonly string[] {
    return this.#options.shown(sortColumns(this.#columns));
  }
}

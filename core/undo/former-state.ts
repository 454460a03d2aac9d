// The rule of an undo, for one name (a tag or a chart): from the writes of the runs to what the name held before them.

/** One write of a run: digest of the content before it and of the content that it wrote; null for none. */
export interface Write {
  readonly run: string;
  readonly before: string | null;
  readonly next: string | null;
}

export interface FormerState<W extends Write> {
  /** What the name holds after the undo. */
  readonly then: string | null;
  /** The oldest write that is taken back: the content before it is restored. Null when none is taken back. */
  readonly last: W | null;
  /** The newest write after which somebody else changed the name; it and all before it stay. Null when all are taken back. */
  readonly stoppedAt: W | null;
}

/**
 * `now`: what the name holds; `writes`: those of the runs, newest first. A write is taken back if the name holds what it wrote. A
 * write that was never completed, or was taken back already, is skipped. After any other write somebody else wrote the name: there
 * the undo stops, unless `force`.
 */
export function formerState<W extends Write>(
  now: string | null,
  writes: readonly W[],
  force: boolean,
): FormerState<W> {
  let then = now;
  let settled: string | null = null;
  let last: W | null = null;
  for (const write of writes) {
    if (write.run === settled) continue;
    if (write.next !== then) {
      if (write.before === then) continue;
      // somebody else wrote between two writes of this run: that content is restored, and the run's older writes are skipped
      if (!force && last?.run === write.run) {
        settled = write.run;
        continue;
      }
      if (!force) return { then, last, stoppedAt: write };
    }
    then = write.before;
    last = write;
  }
  return { then, last, stoppedAt: null };
}

// From what runs wrote to what was there before them: one name (a tag, a chart) at a time, newest write first.

/** One write of a run: what was there, and what it put there; null for nothing. */
export interface Write {
  readonly run: string;
  readonly before: string | null;
  readonly next: string | null;
}

export interface FormerState<W extends Write> {
  /** What the name holds in the end. */
  readonly then: string | null;
  /** The oldest write that is taken back: what was there before it comes back. Null where nothing is. */
  readonly last: W | null;
  /** The write after which somebody changed the name; it and all before it stay. Null where every one is taken back. */
  readonly stoppedAt: W | null;
}

/**
 * `writes` of one name, newest first. A write is taken back where the name holds what it left. One that never came through, or was
 * taken back already, is passed over. Any other was followed by somebody else's: there the way ends, unless `force`.
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
      // somebody's write between two of the same run is what was there before that run's last word: nothing is left of the run
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

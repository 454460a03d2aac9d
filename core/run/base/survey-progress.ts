// Tells how far a survey is, at most ten times a second: a target may have thousands of tags, and each event is drawn somewhere.
import type { RunEvent } from '../../contract.js';

const EVERY_MS = 100;

export interface SurveyProgress {
  /** Adds so many items to the total. */
  readonly expect: (items: number) => void;
  /** To be called after each item. */
  readonly onDone: () => void;
}

/** Emits `surveyed` after an item when the last such event is 100 ms old, and after the last item. */
export function surveyProgress(emit: (event: RunEvent) => void): SurveyProgress {
  let total = 0;
  let done = 0;
  let last = -EVERY_MS;
  return {
    expect: (items) => {
      total += items;
    },
    onDone: () => {
      done += 1;
      const now = performance.now();
      if (done < total && now - last < EVERY_MS) return;
      last = now;
      emit({ type: 'surveyed', done, total });
    },
  };
}

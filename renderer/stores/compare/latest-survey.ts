// A request that reads many tags: reports its progress, and only the latest one of several counts.
import type { AppMethods, PlanRequest, Result, RunEvent } from '../../../core/contract.js';
import { ask } from '../../bridge.js';

/** Number of tags that have been read; zero of zero until the total is known. */
export interface SurveyProgress {
  readonly done: number;
  readonly total: number;
}

export class LatestSurvey<M extends 'plan' | 'compare'> {
  readonly #method: M;
  #making: AbortController | null = null;

  constructor(method: M) {
    this.#method = method;
  }

  /** `onRows` gets the rows of a comparison that come before the answer. The answer; null when a later request replaced this one or it was stopped. */
  async ask(
    request: AppMethods[M]['in'] & PlanRequest,
    onProgress: (progress: SurveyProgress) => void,
    onRows: (event: RunEvent & { readonly type: 'compared' }) => void = () => undefined,
  ): Promise<Result<AppMethods[M]['out']> | null> {
    this.stop();
    const mine = new AbortController();
    this.#making = mine;
    onProgress({ done: 0, total: 0 });
    const answer = await ask(this.#method, request, {
      signal: mine.signal,
      onEvent: (event) => {
        if (this.#making !== mine) return;
        if (event.type === 'surveyed') onProgress({ done: event.done, total: event.total });
        if (event.type === 'compared') onRows(event);
      },
    });
    // a large answer is read in one task and drawn in another one, so that the window reacts in between
    await new Promise((resolve) => setTimeout(resolve));
    if (this.#making !== mine) return null;
    this.#making = null;
    return answer;
  }

  stop(): void {
    this.#making?.abort();
    this.#making = null;
  }
}

// The plan of the import, with the decisions that a person made on it.
import { create } from 'zustand';
import type { Decision, Plan, Problem } from '../../core/contract.js';
import { ask } from '../bridge.js';
import { currentRequest } from './current-request.js';
import { withDecisions, type Decisions } from './plan-decisions.js';

interface PlanState {
  readonly plan: Plan | null;
  readonly problem: Problem | null;
  /** Not null while it is being made: how many tags have been read. */
  readonly loading: { readonly done: number; readonly total: number } | null;
  /** What a person chose, by `imageKey` and `chartKey`; kept when the plan is made again. */
  readonly decisions: Decisions;
  readonly load: () => Promise<void>;
  readonly decide: (keys: readonly string[], decision: Decision) => void;
  /** Forgets the plan, because packages or target changed. */
  readonly drop: () => void;
}

let making: AbortController | null = null;

export const usePlan = create<PlanState>()((set) => ({
  plan: null,
  problem: null,
  loading: null,
  decisions: {},

  async load() {
    const request = currentRequest();
    if (request === null) return;
    making?.abort();
    const mine = new AbortController();
    making = mine;
    set({ loading: { done: 0, total: 0 }, problem: null });
    const answer = await ask('plan', request, {
      signal: mine.signal,
      onEvent: (event) => {
        if (event.type === 'surveyed' && making === mine)
          set({ loading: { done: event.done, total: event.total } });
      },
    });
    if (making !== mine) return;
    making = null;
    set(
      answer.ok
        ? { plan: answer.value, problem: null, loading: null }
        : { problem: answer.problem, loading: null },
    );
  },

  decide: (keys, decision) =>
    set(({ decisions }) => ({
      decisions: { ...decisions, ...Object.fromEntries(keys.map((key) => [key, decision])) },
    })),

  drop() {
    making?.abort();
    making = null;
    set({ plan: null, problem: null, loading: null, decisions: {} });
  },
}));

/** The plan as it would be carried out now; null while there is none. */
export function decidedPlan(): Plan | null {
  const { plan, decisions } = usePlan.getState();
  return plan && withDecisions(plan, decisions);
}

// The plan of the import, with the decisions that a person made on it.
import { create } from 'zustand';
import type { Plan, Problem } from '../../core/contract.js';

interface PlanState {
  readonly plan: Plan | null;
  readonly problem: Problem | null;
  /** Forgets the plan, because packages or target changed. */
  readonly drop: () => void;
}

export const usePlan = create<PlanState>()((set) => ({
  plan: null,
  problem: null,
  drop: () => set({ plan: null, problem: null }),
}));

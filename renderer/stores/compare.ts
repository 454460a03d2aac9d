// The comparison of the chosen packages with the target.
import { create } from 'zustand';
import type { Coverage, Problem } from '../../core/contract.js';

interface CompareState {
  readonly coverage: Coverage | null;
  readonly problem: Problem | null;
  /** Forgets the comparison, because packages or target changed. */
  readonly drop: () => void;
}

export const useCompare = create<CompareState>()((set) => ({
  coverage: null,
  problem: null,
  drop: () => set({ coverage: null, problem: null }),
}));

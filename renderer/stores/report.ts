// The report that is shown, and the runs before it.
import { create } from 'zustand';
import type { Problem, Report, RunSummary } from '../../core/contract.js';
import { ask } from '../bridge.js';

interface ReportState {
  readonly report: Report | null;
  /** Newest first; null until it was read. */
  readonly history: readonly RunSummary[] | null;
  readonly problem: Problem | null;
  readonly loadHistory: () => Promise<void>;
  readonly open: (run: string) => Promise<void>;
}

export const useReport = create<ReportState>()((set) => ({
  report: null,
  history: null,
  problem: null,

  async loadHistory() {
    const answer = await ask('runs', {});
    set(answer.ok ? { history: answer.value } : { history: [], problem: answer.problem });
  },

  async open(run) {
    const answer = await ask('report', run);
    set(answer.ok ? { report: answer.value, problem: null } : { problem: answer.problem });
  },
}));

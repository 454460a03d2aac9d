// The report that is shown, the earlier runs, the preview of an undo, and the audit of a target.
import { create } from 'zustand';
import type {
  Audit,
  AuditRequest,
  Problem,
  Report,
  RunSummary,
  UndoPlan,
  UndoRequest,
} from '../../core/contract.js';
import { ask } from '../bridge.js';

/** An undo that waits for the person's confirmation. */
export interface UndoInHand {
  readonly request: UndoRequest;
  /** Null while it is being computed. */
  readonly preview: UndoPlan | null;
  readonly problem: Problem | null;
}

interface ReportState {
  readonly report: Report | null;
  /** Newest first; null until it was read. */
  readonly history: readonly RunSummary[] | null;
  readonly problem: Problem | null;
  readonly undo: UndoInHand | null;
  readonly audit: Audit | null;
  readonly auditing: boolean;
  readonly auditProblem: Problem | null;
  readonly loadHistory: () => Promise<void>;
  readonly open: (run: string) => Promise<void>;
  readonly previewUndo: (request: UndoRequest) => Promise<void>;
  readonly leaveUndo: () => void;
  readonly runAudit: (request: AuditRequest) => Promise<void>;
}

/** How often each was asked for. */
const times = { history: 0, report: 0 };

/** To be called before something is asked for; the returned function says whether it was not asked for again since. */
function latest(what: keyof typeof times): () => boolean {
  const mine = (times[what] += 1);
  return () => mine === times[what];
}

export const useReport = create<ReportState>()((set, get) => ({
  report: null,
  history: null,
  problem: null,
  undo: null,
  audit: null,
  auditing: false,
  auditProblem: null,

  async loadHistory() {
    const isLatest = latest('history');
    const answer = await ask('runs', {});
    if (!isLatest()) return;
    set(answer.ok ? { history: answer.value } : { history: [], problem: answer.problem });
  },

  async open(run) {
    const isLatest = latest('report');
    const answer = await ask('report', run);
    if (!isLatest()) return;
    set(answer.ok ? { report: answer.value, problem: null } : { problem: answer.problem });
  },

  async previewUndo(request) {
    const undo: UndoInHand = { request, preview: null, problem: null };
    set({ undo });
    const answer = await ask('planUndo', request);
    if (get().undo !== undo) return;
    set({ undo: answer.ok ? { ...undo, preview: answer.value } : { ...undo, problem: answer.problem } });
  },

  leaveUndo: () => set({ undo: null }),

  async runAudit(request) {
    set({ auditing: true, audit: null, auditProblem: null });
    const answer = await ask('audit', request);
    set(
      answer.ok
        ? { auditing: false, audit: answer.value }
        : { auditing: false, auditProblem: answer.problem },
    );
  },
}));

// The comparison of the chosen packages with the target, its filters, and the image in the drawer.
import { create } from 'zustand';
import type { Coverage, CoverageImage, ImageDetail, PlanRequest, Problem } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { SHOW_ALL, type CompareView } from './compare-rows.js';
import { NOTHING_YET, withArrived } from './arriving-rows.js';
import { currentRequest } from '../plan/current-request.js';
import { LatestSurvey, type SurveyProgress } from './latest-survey.js';

/** The image in the drawer. */
export interface OpenImage {
  readonly image: CoverageImage;
  /** Platform of the cell with which the drawer was opened. */
  readonly platform: string;
  readonly detail: ImageDetail | null;
  readonly problem: Problem | null;
}

interface CompareState extends CompareView {
  readonly coverage: Coverage | null;
  /** The rows that have arrived of the first comparison that is being made; null when there are none or it is complete. */
  readonly arriving: Coverage | null;
  readonly problem: Problem | null;
  /** The comparisons with the further targets of this import that have been made, by id of the target. */
  readonly beside: Readonly<Record<string, Coverage>>;
  /** Progress of the comparison; null when none is being made. */
  readonly loading: SurveyProgress | null;
  readonly opened: OpenImage | null;
  /** `fresh`: every tag is read again; otherwise answers of the last minutes count, which the plan shares. */
  readonly load: (how?: { readonly fresh: boolean }) => Promise<void>;
  readonly look: (view: Partial<CompareView>) => void;
  readonly fold: (chart: string, closed: boolean) => void;
  readonly open: (image: CoverageImage, platform: string) => Promise<void>;
  readonly close: () => void;
  /** Shows the comparison with another target, where there is one, and keeps the shown one. Ids of targets. */
  readonly swap: (from: string, to: string) => void;
  /** Forgets the comparison, because packages or target changed. */
  readonly drop: () => void;
}

/** Leaves a chart out or takes it in again; charts that are left out stay in the list. */
function compareRequest(): PlanRequest | null {
  const request = currentRequest();
  if (request === null) return null;
  const { selection, ...rest } = request;
  if (!selection) return request;
  const { skip: _, ...others } = selection;
  return { ...rest, selection: others };
}

const survey = new LatestSurvey('compare');
const NONE = { coverage: null, arriving: null, problem: null, loading: null, opened: null } as const;

export const useCompare = create<CompareState>()((set, get) => ({
  ...NONE,
  beside: {},
  ...SHOW_ALL,
  sort: 'chart',
  folded: {},

  async load({ fresh } = { fresh: false }) {
    const request = compareRequest();
    if (request === null) return;
    set({ problem: null });
    // A comparison that is shown stays until the new one is complete.
    const asked = { ...request, reuseSurvey: !fresh, rowsAsEvents: get().coverage === null };
    const answer = await survey.ask(
      asked,
      (loading) => set({ loading }),
      (rows) => set(({ arriving }) => ({ arriving: withArrived(arriving ?? NOTHING_YET, rows) })),
    );
    if (answer === null) return;
    set(
      answer.ok
        ? { coverage: answer.value, arriving: null, problem: null, loading: null }
        : { problem: answer.problem, arriving: null, loading: null },
    );
  },

  look: (view) => set(view),
  fold: (chart, closed) => set(({ folded }) => ({ folded: { ...folded, [chart]: closed } })),

  async open(image, platform) {
    const opened: OpenImage = { image, platform, detail: null, problem: null };
    set({ opened });
    const request = compareRequest();
    if (request === null) return;
    const answer = await ask('compare', { ...request, image: image.source, reuseSurvey: true });
    if (get().opened !== opened) return;
    set({
      opened: answer.ok ? { ...opened, detail: answer.value.detail } : { ...opened, problem: answer.problem },
    });
  },

  close: () => set({ opened: null }),

  swap(from, to) {
    survey.stop();
    set(({ coverage, beside }) => {
      const { [to]: next = null, ...others } = beside;
      const kept = coverage === null ? others : { ...others, [from]: coverage };
      return { ...NONE, coverage: next, beside: kept };
    });
  },

  drop() {
    survey.stop();
    set({ ...NONE, beside: {}, folded: {}, ...SHOW_ALL });
  },
}));

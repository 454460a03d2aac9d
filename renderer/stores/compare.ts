// The comparison of the chosen packages with the target, how it is looked at, and the one image that is looked at closely.
import { create } from 'zustand';
import type { Coverage, CoverageImage, ImageDetail, PlanRequest, Problem } from '../../core/contract.js';
import { ask } from '../bridge.js';
import type { CompareView } from './compare-rows.js';
import { currentRequest } from './current-request.js';

/** The image in the drawer. */
export interface OpenImage {
  readonly image: CoverageImage;
  /** Platform of the cell that was opened. */
  readonly platform: string;
  readonly detail: ImageDetail | null;
  readonly problem: Problem | null;
}

interface CompareState extends CompareView {
  readonly coverage: Coverage | null;
  readonly problem: Problem | null;
  /** Not null while it is being made: how many tags have been read. */
  readonly loading: { readonly done: number; readonly total: number } | null;
  readonly opened: OpenImage | null;
  readonly load: () => Promise<void>;
  readonly look: (view: Partial<CompareView>) => void;
  readonly fold: (chart: string, closed: boolean) => void;
  readonly open: (image: CoverageImage, platform: string) => Promise<void>;
  readonly close: () => void;
  /** Forgets the comparison, because packages or target changed. */
  readonly drop: () => void;
}

/** Charts that are left out stay in the comparison, so that they can be taken in again. */
function compareRequest(): PlanRequest | null {
  const request = currentRequest();
  if (request === null) return null;
  const { selection, ...rest } = request;
  if (!selection) return request;
  const { skip: _, ...others } = selection;
  return { ...rest, selection: others };
}

let making: AbortController | null = null;

export const useCompare = create<CompareState>()((set, get) => ({
  coverage: null,
  problem: null,
  loading: null,
  opened: null,
  filter: 'all',
  sort: 'chart',
  search: '',
  folded: {},

  async load() {
    const request = compareRequest();
    if (request === null) return;
    making?.abort();
    const mine = new AbortController();
    making = mine;
    set({ loading: { done: 0, total: 0 }, problem: null });
    const answer = await ask('compare', request, {
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
        ? { coverage: answer.value, problem: null, loading: null }
        : { problem: answer.problem, loading: null },
    );
  },

  look: (view) => set(view),
  fold: (chart, closed) => set(({ folded }) => ({ folded: { ...folded, [chart]: closed } })),

  async open(image, platform) {
    const opened: OpenImage = { image, platform, detail: null, problem: null };
    set({ opened });
    const request = compareRequest();
    if (request === null) return;
    const answer = await ask('compare', { ...request, image: image.source });
    if (get().opened !== opened) return;
    set({
      opened: answer.ok ? { ...opened, detail: answer.value.detail } : { ...opened, problem: answer.problem },
    });
  },

  close: () => set({ opened: null }),

  drop() {
    making?.abort();
    making = null;
    set({ coverage: null, problem: null, loading: null, opened: null, folded: {} });
  },
}));

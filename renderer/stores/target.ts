// The target of this import, the targets that are remembered, and what the last check of each said.
import { create } from 'zustand';
import type { Check, Problem, RememberedTarget } from '../../core/contract.js';
import { ask } from '../bridge.js';
import { useSettings } from './settings.js';

export interface TargetCheck {
  readonly state: 'checking' | 'done';
  readonly check: Check | null;
  readonly problem: Problem | null;
  /** ISO 8601. */
  readonly at: string;
  readonly seconds: number;
}

interface TargetState {
  /** The target that this import goes to. */
  readonly current: RememberedTarget | null;
  /** By id of the target. */
  readonly checks: Readonly<Record<string, TargetCheck>>;
  /** Makes it the target of this import and remembers it. */
  readonly choose: (target: RememberedTarget) => void;
  readonly leave: () => void;
  /** Saves what changed of a target; `before` is its former id when its address changed. */
  readonly remember: (target: RememberedTarget, before?: string) => Promise<void>;
  readonly forget: (id: string) => Promise<void>;
  readonly check: (target: RememberedTarget) => Promise<void>;
  readonly stopCheck: () => void;
}

let checking: AbortController | null = null;

export const useTarget = create<TargetState>()((set, get) => ({
  current: null,
  checks: {},

  choose(target) {
    const used = { ...target, lastUsed: new Date().toISOString() };
    set({ current: used });
    void get().remember(used);
  },

  leave: () => set({ current: null }),

  async remember(target, before = target.id) {
    const targets = useSettings.getState().settings?.targets ?? [];
    const others = targets.filter(({ id }) => id !== target.id && id !== before);
    if (get().current?.id === before) set({ current: target });
    await useSettings.getState().save({ targets: [target, ...others] });
  },

  async forget(id) {
    const targets = useSettings.getState().settings?.targets ?? [];
    if (get().current?.id === id) set({ current: null });
    await useSettings.getState().save({ targets: targets.filter((target) => target.id !== id) });
  },

  async check({ id, spec }) {
    checking?.abort();
    const mine = new AbortController();
    checking = mine;
    const started = Date.now();
    const tell = (part: Partial<TargetCheck>): void =>
      set(({ checks }) => ({
        checks: {
          ...checks,
          [id]: {
            state: 'done',
            check: null,
            problem: null,
            at: new Date(started).toISOString(),
            seconds: 0,
            ...part,
          },
        },
      }));
    tell({ state: 'checking' });
    const answer = await ask('check', spec, { signal: mine.signal });
    if (checking === mine) checking = null;
    if (mine.signal.aborted) {
      set(({ checks }) => ({
        checks: Object.fromEntries(Object.entries(checks).filter(([key]) => key !== id)),
      }));
      return;
    }
    const seconds = (Date.now() - started) / 1000;
    tell(answer.ok ? { check: answer.value, seconds } : { problem: answer.problem, seconds });
  },

  stopCheck: () => checking?.abort(),
}));

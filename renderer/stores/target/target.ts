// The target of this import, the remembered targets, and the last check of each.
import { create } from 'zustand';
import type { Check, Credentials, Problem, RememberedTarget, TargetSpec } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { useSettings } from '../settings.js';
import { originOf, urlOf } from './target-spec.js';

export interface TargetCheck {
  readonly state: 'checking' | 'done';
  readonly check: Check | null;
  readonly problem: Problem | null;
  /** ISO 8601. */
  readonly at: string;
  readonly seconds: number;
}

interface TargetState {
  /** The target of this import. */
  readonly current: RememberedTarget | null;
  /** Ids of further targets into which the same packages are imported. */
  readonly also: readonly string[];
  /** By id of the target. */
  readonly checks: Readonly<Record<string, TargetCheck>>;
  /** Origins for which the person entered a password since the window opened. */
  readonly passwords: ReadonlySet<string>;
  /** True until the screen Target has opened the form of the target, which a card asked for. */
  readonly isEditWanted: boolean;
  /** Makes it the target of this import. */
  readonly choose: (target: RememberedTarget) => void;
  /** Makes one of the further targets the one that Compare and Plan show; the shown one becomes a further one. */
  readonly look: (target: RememberedTarget) => void;
  /** Adds a further target, or takes it out again. */
  readonly toggle: (id: string) => void;
  /** Remembers that the target of this import was used now. */
  readonly use: () => void;
  readonly leave: () => void;
  /** Saves an edited target; `before` is its former id when its address changed. */
  readonly remember: (target: RememberedTarget, before?: string) => Promise<void>;
  readonly forget: (id: string) => Promise<void>;
  /**
   * Passes a password to the host for the registry or chart repository at this address; returns the problem when it was not
   * accepted.
   */
  readonly login: (location: string, credentials: Credentials, keep: boolean) => Promise<Problem | null>;
  /** Notes that the host has a password for this address which the window did not give it. */
  readonly noteLogin: (location: string) => void;
  /** Makes the host forget the passwords for these targets and their chart repositories. */
  readonly forgetPasswords: (specs: readonly TargetSpec[]) => Promise<Problem | null>;
  readonly check: (target: RememberedTarget) => Promise<void>;
  readonly stopCheck: () => void;
}

let checking: { readonly id: string; readonly stop: AbortController } | null = null;

export const useTarget = create<TargetState>()((set, get) => ({
  current: null,
  also: [],
  checks: {},

  passwords: new Set(),
  isEditWanted: false,

  choose: (target) => set(({ also }) => ({ current: target, also: also.filter((id) => id !== target.id) })),

  look: (target) =>
    set(({ current, also }) =>
      current === null
        ? { current: target }
        : { current: target, also: also.map((id) => (id === target.id ? current.id : id)) },
    ),

  toggle: (id) =>
    set(({ also }) => ({ also: also.includes(id) ? also.filter((one) => one !== id) : [...also, id] })),

  use() {
    const { current, remember } = get();
    if (current) void remember({ ...current, lastUsed: new Date().toISOString() });
  },

  leave: () => set({ current: null }),

  async remember(target, before = target.id) {
    const targets = useSettings.getState().settings?.targets ?? [];
    if (get().current?.id === before) set({ current: target });
    set(({ also }) => ({ also: also.map((id) => (id === before ? target.id : id)) }));
    // It keeps its place, so that the list does not move.
    const at = targets.findIndex(({ id }) => id === before);
    const others = targets.filter(({ id }, index) => id !== target.id || index === at);
    const next = at < 0 ? [...others, target] : others.map((each) => (each.id === before ? target : each));
    await useSettings.getState().save({ targets: next });
  },

  async forget(id) {
    const targets = useSettings.getState().settings?.targets ?? [];
    if (get().current?.id === id) set({ current: null });
    set(({ also }) => ({ also: also.filter((one) => one !== id) }));
    await useSettings.getState().save({ targets: targets.filter((target) => target.id !== id) });
  },

  async login(address, credentials, keep) {
    const location = originOf(address);
    const answer = await ask('setCredentials', { location, credentials, keep });
    if (!answer.ok) return answer.problem;
    get().noteLogin(location);
    return null;
  },

  noteLogin: (address) => set(({ passwords }) => ({ passwords: new Set([...passwords, originOf(address)]) })),

  async forgetPasswords(specs) {
    const addresses = specs.flatMap(({ registry, charts = [] }) => [
      registry ?? '',
      ...charts.map(({ url }) => url),
    ]);
    const locations = new Set(addresses.filter((address) => urlOf(address) !== null).map(originOf));
    for (const location of locations) {
      const answer = await ask('setCredentials', { location, credentials: null, keep: false });
      if (!answer.ok) return answer.problem;
    }
    // What was checked with the old passwords is not known any more.
    set({ passwords: new Set(), checks: {} });
    return null;
  },

  async check({ id, spec }) {
    checking?.stop.abort();
    const stop = new AbortController();
    const mine = { id, stop };
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
    const answer = await ask('check', spec, { signal: stop.signal });
    if (checking === mine) checking = null;
    // The same target is being checked again, and is shown so.
    if (stop.signal.aborted && checking?.id === id) return;
    if (stop.signal.aborted) {
      set(({ checks }) => ({
        checks: Object.fromEntries(Object.entries(checks).filter(([key]) => key !== id)),
      }));
      return;
    }
    const seconds = (Date.now() - started) / 1000;
    tell(answer.ok ? { check: answer.value, seconds } : { problem: answer.problem, seconds });
  },

  stopCheck: () => checking?.stop.abort(),
}));

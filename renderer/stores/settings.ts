// The settings of the host: a change is shown and sent at once, and taken back when the host cannot save it.
import { create } from 'zustand';
import type { AppSettings, Language, Problem } from '../../core/contract.js';
import { ask } from '../bridge.js';

interface SettingsState {
  /** Null until the host has answered. */
  readonly settings: AppSettings | null;
  readonly problem: Problem | null;
  readonly load: () => Promise<void>;
  readonly save: (change: Partial<AppSettings>) => Promise<void>;
}

/** Changes that the host has not answered yet, in their order. */
const unanswered: Partial<AppSettings>[] = [];

export const useSettings = create<SettingsState>()((set, get) => ({
  settings: null,
  problem: null,

  async load() {
    const answer = await ask('settings', null);
    set(answer.ok ? { settings: answer.value, problem: null } : { problem: answer.problem });
  },

  async save(change) {
    const before = get().settings;
    if (before) set({ settings: { ...before, ...change } });
    unanswered.push(change);
    const answer = await ask('saveSettings', change);
    unanswered.splice(unanswered.indexOf(change), 1);
    // The answer does not hold what was changed since.
    const later = unanswered.reduce((all, one) => ({ ...all, ...one }), {});
    if (answer.ok) return set({ settings: { ...answer.value, ...later }, problem: null });
    set(({ settings }) => ({
      settings: settings && before && { ...settings, ...formerValues(change, before), ...later },
      problem: answer.problem,
    }));
  },
}));

/** The values that these settings had before. */
function formerValues(change: Partial<AppSettings>, before: AppSettings): Partial<AppSettings> {
  return Object.fromEntries(Object.entries(before).filter(([name]) => name in change));
}

/** The language of the window: the chosen one, otherwise the system's. */
export function languageOf(settings: AppSettings | null, system: Language): Language {
  return settings === null || settings.language === 'system' ? system : settings.language;
}

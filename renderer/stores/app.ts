// State of the window as a whole: the current screen, the host's description of itself, and whether its engine answers.
import { create } from 'zustand';
import type { AppInfo } from '../../core/contract.js';

export const SCREENS = [
  'packages',
  'target',
  'compare',
  'plan',
  'run',
  'report',
  'settings',
  'help',
] as const;
export type ScreenId = (typeof SCREENS)[number];

/** An action of the command palette; a screen adds its own while it is shown. */
export interface Command {
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  readonly keys?: string;
  readonly run: () => void;
}

interface AppState {
  readonly info: AppInfo | null;
  readonly screen: ScreenId;
  /** True while the engine's process is gone and no other has started. */
  readonly engineLost: boolean;
  readonly commands: readonly Command[];
  readonly show: (screen: ScreenId) => void;
  readonly addCommands: (commands: readonly Command[]) => () => void;
}

export const useApp = create<AppState>()((set) => ({
  info: null,
  screen: 'packages',
  engineLost: false,
  commands: [],
  show: (screen) => set({ screen }),
  addCommands(added) {
    set(({ commands }) => ({ commands: [...commands, ...added] }));
    return () => set(({ commands }) => ({ commands: commands.filter((one) => !added.includes(one)) }));
  },
}));

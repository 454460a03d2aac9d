// What survives a reload of the window: chosen packages, target, decisions and screen. Pure; the window keeps it in its session storage.
import type { Decision } from '../../core/contract.js';
import { SCREENS, type ScreenId } from './app.js';
import type { Decisions } from './plan/plan-decisions.js';

export interface Session {
  readonly screen: ScreenId;
  /** Paths. */
  readonly chosen: readonly string[];
  /** Id of the target; null where none was chosen. */
  readonly target: string | null;
  /** Ids of the further targets. */
  readonly also: readonly string[];
  /** By the keys of the plan's rows. */
  readonly decisions: Decisions;
  /** Those for the further targets, by id of the target. */
  readonly decisionsBeside: Readonly<Record<string, Decisions>>;
  /** Id of the run whose report was shown; null for none. */
  readonly report: string | null;
}

/** The session of a stored text; null where it is none, for instance of another version. */
export function readSession(text: string | null): Session | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isRecord(value)) return null;
  const { screen, chosen, target, also, decisions, decisionsBeside, report } = value;
  const known = SCREENS.find((one) => one === screen);
  if (known === undefined || !Array.isArray(chosen) || !isRecord(decisions)) return null;
  return {
    screen: known,
    chosen: chosen.filter((path) => typeof path === 'string'),
    target: typeof target === 'string' ? target : null,
    also: Array.isArray(also) ? also.filter((id) => typeof id === 'string') : [],
    decisions: decisionsOf(decisions),
    decisionsBeside: Object.fromEntries(
      Object.entries(isRecord(decisionsBeside) ? decisionsBeside : {}).map(
        ([id, its]) => [id, decisionsOf(its)] as const,
      ),
    ),
    report: typeof report === 'string' ? report : null,
  };
}

function decisionsOf(value: unknown): Decisions {
  const entries = isRecord(value) ? Object.entries(value) : [];
  return Object.fromEntries(
    entries.flatMap(([key, decision]) => (isDecision(decision) ? [[key, decision] as const] : [])),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isDecision(value: unknown): value is Decision {
  return value === 'replace' || value === 'keep' || value === 'stop';
}

// Builds the request for compare, plan and import from the choices of all screens, so that the three get the same.
import type { AppSettings, PlanRequest, RememberedTarget } from '../../../core/contract.js';

export interface RequestParts {
  /** Paths of the chosen packages. */
  readonly packages: readonly string[];
  readonly target: RememberedTarget;
  readonly settings: AppSettings;
  /** Pasted SHA-512 by path. The request has a field for one, so it is passed on only when a single package is chosen. */
  readonly pasted?: Readonly<Record<string, string | null>>;
  /** The rest of a damaged package was chosen. */
  readonly takesRest?: boolean;
}

/** The request of the import for these choices. */
export function importRequest({
  packages,
  target,
  settings,
  pasted = {},
  takesRest = false,
}: RequestParts): PlanRequest {
  const alone = packages.length === 1 ? pasted[packages[0] ?? ''] : null;
  return {
    packages,
    target: target.spec,
    ...(target.skippedCharts.length > 0 ? { selection: { skip: target.skippedCharts } } : {}),
    ...(target.platforms.length > 0 ? { requirePlatforms: target.platforms } : {}),
    ...(typeof alone === 'string' ? { sha512: alone } : {}),
    ...(takesRest ? { acceptUnproven: true } : {}),
    concurrency: settings.concurrency,
    ...(settings.limitRate > 0 ? { limitRate: settings.limitRate } : {}),
  };
}

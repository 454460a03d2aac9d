// The request of the import for the stores' current values.
import type { PlanRequest, RememberedTarget } from '../../../core/contract.js';
import { importRequest } from './import-request.js';
import { usePackages } from '../packages/packages.js';
import { useSettings } from '../settings.js';
import { useTarget } from '../target/target.js';

/** Null until packages and target are chosen. */
export function currentRequest(): PlanRequest | null {
  const target = useTarget.getState().current;
  return target === null ? null : requestFor(target);
}

/** The same for any target. */
export function requestFor(target: RememberedTarget): PlanRequest | null {
  const { chosen, known } = usePackages.getState();
  const { settings } = useSettings.getState();
  if (chosen.length === 0 || settings === null) return null;
  const pasted = Object.fromEntries(chosen.map((path) => [path, known[path]?.pasted ?? null]));
  const takesRest = chosen.some((path) => known[path]?.takesRest === true);
  return importRequest({ packages: chosen, target, settings, pasted, takesRest });
}

// The targets of this import: the chosen one first, then those that are ticked beside it.
import { useMemo } from 'react';
import type { RememberedTarget } from '../../../core/contract.js';
import { useApp } from '../app.js';
import { useSettings } from '../settings.js';
import { placeOf, remember } from './target-spec.js';
import { useTarget } from './target.js';

/** Without those that are ticked and no longer there, and without a second one of the same place. Pure. */
export function targetsOfImport(
  current: RememberedTarget,
  also: readonly string[],
  all: readonly RememberedTarget[],
): readonly RememberedTarget[] {
  const further = also.flatMap((id) => all.find((one) => one.id === id) ?? []);
  const places = new Map([current, ...further].toReversed().map((one) => [placeOf(one.spec), one]));
  return [current, ...further].filter((one) => places.get(placeOf(one.spec)) === one);
}

/** `current`: the target that is chosen, or that "Import now" proposes. */
export function useTargetsOfImport(current: RememberedTarget | null): readonly RememberedTarget[] {
  const also = useTarget((state) => state.also);
  const saved = useSettings(({ settings }) => settings?.targets);
  const store = useApp(({ info }) => info?.defaultStore);
  return useMemo(() => {
    if (current === null) return [];
    const folder = store === undefined ? [] : [remember({ store }, '')];
    return targetsOfImport(current, also, [...(saved ?? []), ...folder]);
  }, [current, also, saved, store]);
}

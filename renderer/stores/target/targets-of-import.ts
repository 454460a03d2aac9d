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

/** The targets of this import for the stores' current values. */
export function targetsInHand(): readonly RememberedTarget[] {
  const { current, also } = useTarget.getState();
  if (current === null) return [];
  return targetsOfImport(
    current,
    also,
    allTargets(useSettings.getState().settings?.targets, useApp.getState().info?.defaultStore),
  );
}

function allTargets(
  saved: readonly RememberedTarget[] = [],
  store: string | undefined,
): readonly RememberedTarget[] {
  const folder = store === undefined ? [] : [remember({ store }, '')];
  return [...saved, ...folder];
}

/** True where the person only looks at another one of the targets of this import. Pure. */
export function isOnlyLook(now: TargetsChosen, before: TargetsChosen): boolean {
  const [is, was] = [now.current?.id, before.current?.id];
  if (is === undefined || was === undefined || is === was) return false;
  return now.also.includes(was) && before.also.includes(is);
}

interface TargetsChosen {
  readonly current: RememberedTarget | null;
  readonly also: readonly string[];
}

/** `current`: the target that is chosen, or that "Import now" proposes. */
export function useTargetsOfImport(current: RememberedTarget | null): readonly RememberedTarget[] {
  const also = useTarget((state) => state.also);
  const saved = useSettings(({ settings }) => settings?.targets);
  const store = useApp(({ info }) => info?.defaultStore);
  return useMemo(() => {
    if (current === null) return [];
    return targetsOfImport(current, also, allTargets(saved, store));
  }, [current, also, saved, store]);
}

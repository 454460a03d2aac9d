// Opens a plan that was saved: its packages and its target are chosen, and it is shown with its decisions.
import type { Plan, Problem, RememberedTarget, Result } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { useApp } from '../app.js';
import { usePackages } from '../packages/packages.js';
import type { KnownPackage } from '../packages/package-list.js';
import { useSettings } from '../settings.js';
import { placeOf, remember } from '../target/target-spec.js';
import { useTarget } from '../target/target.js';
import { decisionsIn } from './plan-decisions.js';
import { usePlan } from './plan.js';

/** What stands in the way of a plan; null where it is shown now. `target`: where it goes, which is no saved target. */
export type PlanObstacle =
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'target'; readonly target: string }
  | null;

export async function openPlan(path: string): Promise<PlanObstacle> {
  const answer: Result<Plan> = await ask('readPlan', path);
  if (!answer.ok) return { kind: 'problem', problem: answer.problem };
  const plan = answer.value;
  usePackages.getState().clearChoice();
  usePackages.getState().add(packagesOf(plan, usePackages.getState().known));
  const target = targetFor(plan);
  if (target === null) return { kind: 'target', target: plan.target.location };
  // A saved plan is for one target.
  useTarget.setState({ also: [] });
  useTarget.getState().choose(target);
  // Choosing packages and target drops the plan before, so this comes after it.
  usePlan.setState({ plan, decisions: decisionsIn(plan), problem: null, loading: null });
  useApp.getState().show('plan');
  return null;
}

/** The packages of a plan: where they are listed here under the same name, otherwise where they lay when the plan was made. */
export function packagesOf(
  { packages }: Pick<Plan, 'packages'>,
  known: Readonly<Record<string, KnownPackage>>,
): readonly string[] {
  const listed = Object.values(known).filter(({ gone }) => !gone);
  return packages.map(
    ({ path, name }) => (known[path] ?? listed.find((one) => one.name === name))?.path ?? path,
  );
}

function targetFor({ target: { location } }: Plan): RememberedTarget | null {
  const saved = useSettings.getState().settings?.targets ?? [];
  const store = useApp.getState().info?.defaultStore;
  const folder = store === undefined ? [] : [remember({ store }, '')];
  const { current } = useTarget.getState();
  const all = [...(current === null ? [] : [current]), ...saved, ...folder];
  // Clusters may share a registry: the chosen one comes first.
  return all.find(({ spec }) => placeOf(spec) === location) ?? null;
}

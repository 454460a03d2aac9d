// The plans for all targets of this import, with the person's decisions, and what the import does in all of them together.
import { useMemo } from 'react';
import type { Figures, Plan, Problem, RememberedTarget } from '../../../core/contract.js';
import { useTarget } from '../target/target.js';
import { useTargetsOfImport } from '../target/targets-of-import.js';
import { planFigures, withDecisions } from './plan-decisions.js';
import { obstacleOf, type Obstacle } from './plan-summary.js';
import { usePlan, type PlansOfTargets } from './plan.js';

export interface TargetPlan {
  readonly target: RememberedTarget;
  /** Null until it has been made. */
  readonly plan: Plan | null;
  /** Why it could not be made. */
  readonly problem: Problem | null;
}

/** One for each target, the shown one first. */
export function useTargetPlans(): readonly TargetPlan[] {
  const current = useTarget((state) => state.current);
  const targets = useTargetsOfImport(current);
  const { plan, problem, beside, decisions, decisionsBeside } = usePlan();
  return useMemo(
    () => plansOf(targets, current, { plan, problem, beside, decisions, decisionsBeside }),
    [targets, current, plan, problem, beside, decisions, decisionsBeside],
  );
}

/** Each plan has its own decisions in it: another target may hold other content under the same tag. Pure. */
export function plansOf(
  targets: readonly RememberedTarget[],
  shown: RememberedTarget | null,
  { plan, problem, decisions, beside, decisionsBeside }: PlansOfTargets,
): readonly TargetPlan[] {
  return targets.map((target) => {
    const isShown = target.id === shown?.id;
    const own = isShown ? { plan, problem } : beside[target.id];
    const taken = isShown ? decisions : (decisionsBeside[target.id] ?? {});
    return {
      target,
      plan: own?.plan ? withDecisions(own.plan, taken) : null,
      problem: own?.problem ?? null,
    };
  });
}

/** A plan that can be carried out. */
export interface ReadyPlan {
  readonly target: RememberedTarget;
  readonly plan: Plan;
  readonly figures: Pick<Figures, 'tags' | 'charts' | 'bytesToSend'>;
}

interface WholeImport {
  /** The plans that are carried out: those that change something. */
  readonly ready: readonly ReadyPlan[];
  /** The first plan that stands in the way: it could not be made, is not there yet, or a need is not met. */
  readonly waits: {
    readonly target: RememberedTarget;
    readonly why: 'failed' | 'reading' | Exclude<Obstacle, null | { readonly kind: 'nothing' }>;
  } | null;
  readonly figures: Pick<Figures, 'tags' | 'charts' | 'bytesToSend'>;
}

/** What the import does in all its targets together. Pure. */
export function wholeImport(all: readonly TargetPlan[]): WholeImport {
  const ready: ReadyPlan[] = [];
  let waits: WholeImport['waits'] = null;
  for (const { target, plan, problem } of all) {
    if (plan === null) {
      waits ??= { target, why: problem === null ? 'reading' : 'failed' };
      continue;
    }
    const figures = planFigures(plan);
    const obstacle = obstacleOf(plan, figures);
    if (obstacle === null) ready.push({ target, plan, figures });
    else if (obstacle.kind !== 'nothing') waits ??= { target, why: obstacle };
  }
  const sum = (of: 'tags' | 'charts' | 'bytesToSend'): number =>
    ready.reduce((total, { figures }) => total + figures[of], 0);
  return {
    ready,
    waits,
    figures: { tags: sum('tags'), charts: sum('charts'), bytesToSend: sum('bytesToSend') },
  };
}

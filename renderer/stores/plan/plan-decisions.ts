// Decisions of a person on a plan: which rows ask for one, and the plan with them filled in. Pure.
import type { Decision, Plan, PlanChart, PlanImage } from '../../../core/contract.js';

export type Decisions = Readonly<Record<string, Decision>>;

export function imageKey({ target, platform }: Pick<PlanImage, 'target' | 'platform'>): string {
  return `image ${target} ${platform}`;
}

export function chartKey({
  url,
  repo,
  name,
  version,
}: Pick<PlanChart, 'url' | 'repo' | 'name' | 'version'>): string {
  return `chart ${url} ${repo}/${name} ${version}`;
}

/** Rows where the target holds other content: what happens to them is for a person to say. */
export function openImages(plan: Plan): readonly PlanImage[] {
  return plan.images.filter(({ decision }) => decision !== null);
}

export function openCharts(plan: Plan): readonly PlanChart[] {
  return plan.charts.filter(({ decision }) => decision !== null);
}

/** Rows that wait for a person: the policy left the target as it was. */
export function conflicts(plan: Plan): readonly PlanImage[] {
  return plan.images.filter(({ action }) => action === 'conflict');
}

/** The plan as it is carried out: edited decisions in their rows, all else as it was made. */
export function withDecisions(plan: Plan, decisions: Decisions): Plan {
  return {
    ...plan,
    images: plan.images.map((image) =>
      image.decision === null ? image : { ...image, decision: decisions[imageKey(image)] ?? image.decision },
    ),
    charts: plan.charts.map((chart) =>
      chart.decision === null ? chart : { ...chart, decision: decisions[chartKey(chart)] ?? chart.decision },
    ),
  };
}

/** Rows whose decision replaces what the target has although the plan alone would not: asked about once more. */
export function riskyReplacements(decided: Plan): readonly PlanImage[] {
  return decided.images.filter(({ action, decision }) => action === 'conflict' && decision === 'replace');
}

/** How many images and charts the plan would write, with the decisions on it. */
export function writesOf(decided: Plan): { readonly images: number; readonly charts: number } {
  const writesImage = ({ action, decision }: PlanImage): boolean => {
    if (decision !== null) return decision === 'replace';
    return (
      action === 'push' ||
      action === 'promote' ||
      action === 'add' ||
      action === 'replace' ||
      action === 'repair'
    );
  };
  const writesChart = ({ action, decision }: PlanChart): boolean =>
    decision === null ? action === 'publish' || action === 'replace' : decision === 'replace';
  return {
    images: new Set(decided.images.filter(writesImage).map(({ target }) => target)).size,
    charts: decided.charts.filter(writesChart).length,
  };
}

// The decisions of the person on a plan: which rows ask for one, and the plan with the decisions in it. Pure.
import type { Decision, Plan, PlanChart, PlanImage } from '../../../core/contract.js';
import { platformName } from '../platform-name.js';

export type Decisions = Readonly<Record<string, Decision>>;

export function imageKey(row: Pick<PlanImage, 'target' | 'platform' | 'osVersion'>): string {
  return `image ${row.target} ${platformName(row)}`;
}

export function chartKey({
  url,
  repo,
  name,
  version,
}: Pick<PlanChart, 'url' | 'repo' | 'name' | 'version'>): string {
  return `chart ${url} ${repo}/${name} ${version}`;
}

/** Rows where the target holds other content, so the person may decide. */
export function openImages(plan: Plan): readonly PlanImage[] {
  return plan.images.filter(({ decision }) => decision !== null);
}

export function openCharts(plan: Plan): readonly PlanChart[] {
  return plan.charts.filter(({ decision }) => decision !== null);
}

/** Rows that the policy left as they were; they wait for a decision. */
export function conflicts(plan: Plan): readonly PlanImage[] {
  return plan.images.filter(({ action }) => action === 'conflict');
}

/** The plan that is carried out: the decisions are in their rows, everything else is unchanged. */
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

/** Rows in which a decision replaces content that the plan alone would keep; the person is asked again about them. */
export function riskyReplacements(decided: Plan): readonly PlanImage[] {
  return decided.images.filter(({ action, decision }) => action === 'conflict' && decision === 'replace');
}

/** How many images and charts the plan would write, with the decisions in it. */
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

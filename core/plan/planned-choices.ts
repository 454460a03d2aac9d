// The decisions that a person made in a plan: rows whose decision is not the one that the plan was made with.
import type { Decision, Plan, PlanChart, PlanImage } from '../contract.js';
import { rowPlatform } from '../content/platform.js';
import { decisionOf } from './change-policy.js';

/** Null where nobody changed the decision, so that the policy applies. */
export interface PlannedChoices {
  /** `platform` as `describePlatform` writes it. */
  image(target: string, platform: string): Decision | null;
  chart(chart: Pick<PlanChart, 'url' | 'repo' | 'name' | 'version'>): Decision | null;
}

export const NO_CHOICES: PlannedChoices = { image: () => null, chart: () => null };

/** The rows of a plan whose decision was changed after the plan was made. */
export function choicesOf(plan: Plan): PlannedChoices {
  const images = new Map<string, Decision>();
  for (const row of plan.images) {
    if (row.decision !== null && isEdited(row)) images.set(`${row.target} ${rowPlatform(row)}`, row.decision);
  }
  const charts = new Map<string, Decision>();
  for (const row of plan.charts) {
    if (row.decision !== null && isChartEdited(row, plan)) charts.set(chartKey(row), row.decision);
  }
  return {
    image: (target, platform) => images.get(`${target} ${platform}`) ?? null,
    chart: (chart) => charts.get(chartKey(chart)) ?? null,
  };
}

/** True where the decision is not the one that the row's action comes from. */
export function isEdited({ action, reason, decision }: PlanImage): boolean {
  return decision !== decisionOf(action, reason);
}

/** True when somebody changed the decision about a chart. */
export function isChartEdited({ action, decision }: PlanChart, { request }: Plan): boolean {
  return decision !== null && decision !== chartDecision(action, request.onChartChange);
}

/** The decision that a chart's action stands for, where the repository has other content. */
export function chartDecision(
  action: PlanChart['action'],
  policy: Plan['request']['onChartChange'],
): Decision {
  if (action === 'replace' || action === 'keep') return action;
  return policy === 'stop' ? 'stop' : 'keep';
}

/** The key of a chart in a repository: URL, folder, name and version. */
export function chartKey({
  url,
  repo,
  name,
  version,
}: Pick<PlanChart, 'url' | 'repo' | 'name' | 'version'>): string {
  return `${url} ${repo}/${name}@${version}`;
}

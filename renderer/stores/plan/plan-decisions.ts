// The decisions of the person on a plan: which rows ask for one, and the plan with the decisions in it. Pure.
import { figuresOf } from '../../../core/contract.js';
import type { Decision, Figures, NeededSpace, Plan, PlanChart, PlanImage } from '../../../core/contract.js';
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

/** The plan that is carried out: the decisions are in their rows, and the needs are those with the decisions. */
export function withDecisions(plan: Plan, decisions: Decisions): Plan {
  const images = plan.images.map((image) => decidedRow(image, decisions));
  const charts = plan.charts.map((chart) =>
    chart.decision === null ? chart : { ...chart, decision: decisions[chartKey(chart)] ?? chart.decision },
  );
  return { ...plan, images, charts, needs: needsWith(plan, { images, charts }) };
}

/** The decisions that stand in the rows of a plan, by key. */
export function decisionsIn({ images, charts }: Plan): Decisions {
  const rows = [
    ...images.map((image) => [imageKey(image), image.decision] as const),
    ...charts.map((chart) => [chartKey(chart), chart.decision] as const),
  ];
  return Object.fromEntries(
    rows.flatMap(([key, decision]) => (decision === null ? [] : [[key, decision] as const])),
  );
}

/** A row of a plan or comparison with the person's decision, where there is something to decide. */
export function decidedRow<T extends Pick<PlanImage, 'target' | 'platform' | 'osVersion' | 'decision'>>(
  row: T,
  decisions: Decisions,
): T {
  return row.decision === null ? row : { ...row, decision: decisions[imageKey(row)] ?? row.decision };
}

/** Rows in which a decision replaces content that the plan alone would keep; the person is asked again about them. */
export function riskyReplacements(decided: Plan): readonly PlanImage[] {
  return decided.images.filter(({ action, decision }) => action === 'conflict' && decision === 'replace');
}

/** The needs with the decisions: more or fewer bytes than the plan was made with, in the same places. */
function needsWith(plan: Plan, decided: Pick<Plan, 'images' | 'charts'>): Plan['needs'] {
  const was = planFigures(plan);
  const is = planFigures({ ...plan, ...decided });
  const { bytesToSend, bytesPresent, bytesShared, chartBytes } = is;
  const more = (space: NeededSpace): number => {
    if (space.kind === 'project') return (is.newTo[space.where] ?? 0) - (was.newTo[space.where] ?? 0);
    return space.kind === 'store' && space.where === plan.target.location ? bytesToSend - was.bytesToSend : 0;
  };
  const space = plan.needs.space.map((one): NeededSpace => {
    const needed = one.needed + more(one);
    return needed === one.needed
      ? one
      : { ...one, needed, enough: one.free === null ? null : needed <= one.free };
  });
  return { ...plan.needs, bytesToSend, bytesPresent, bytesShared, chartBytes, space };
}

/** The figures of a plan. A plan of a former version does not list its blobs; its bytes are those that it was made with. */
export function planFigures(plan: Plan): Figures {
  const figures = figuresOf(plan);
  if (plan.blobs.length > 0 || plan.images.length === 0) return figures;
  const { bytesToSend, bytesPresent, bytesShared } = plan.needs;
  return { ...figures, bytesToSend, bytesPresent, bytesShared };
}

// What is started again after a run that did not do everything: a request whose plan is made anew, with the same decisions.
import type { ImportRequest, Outcome, Report, Result } from '../../../core/contract.js';
import { outcomeOf } from '../../../core/contract.js';
import { ask } from '../../bridge.js';
import { decisionsIn, withDecisions } from '../plan/plan-decisions.js';

/** True where nothing is left to do. */
export function isComplete(report: Report): boolean {
  const outcome = outcomeOf(report);
  return outcome === 'imported' || outcome === 'undone';
}

/** The same request; a plan in it is made again, because the tags that the former run wrote are not as that plan found them. */
export async function withPlanAnew(request: ImportRequest): Promise<Result<ImportRequest>> {
  const { plan, verify, receipt: _, ...asked } = request;
  if (!plan) return { ok: true, value: request };
  const made = await ask('plan', asked);
  if (!made.ok) return made;
  const again = withDecisions(made.value, decisionsIn(plan));
  return { ok: true, value: { ...asked, plan: again, ...(verify === undefined ? {} : { verify }) } };
}

const WORST_FIRST: readonly Outcome[] = [
  'failed',
  'stopped',
  'undone-in-part',
  'pruned-in-part',
  'gaps',
  'undone',
  'pruned',
  'imported',
];

/** The result that needs the person most; a run without an answer counts as failed. Pure. */
export function worstOf(results: readonly (Result<Report> | null)[]): Outcome {
  const outcomes = results.map((one) => (one?.ok === true ? outcomeOf(one.value) : 'failed'));
  return WORST_FIRST.find((one) => outcomes.includes(one)) ?? 'failed';
}

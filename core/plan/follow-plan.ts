// Checks, before the first write, that packages and target are still those that a plan was made for, row by row.
import type { Plan, PlanChart, PlanImage, ReportPackage, ReportTarget, TagSummary } from '../contract.js';
import { rowPlatform } from '../content/platform.js';
import { AppError } from '../errors.js';
import { chartKey, isChartEdited, isEdited } from './planned-choices.js';

/** How many items a message names; of the others it has only the count. */
const NAMED = 10;

/**
 * Checks that the plan is for these packages and this target. Throws `run.plan-other-target` or `run.plan-does-not-fit`.
 */
export function checkPlanFits(plan: Plan, packages: readonly ReportPackage[], target: ReportTarget): void {
  const planned = describeTarget(plan.target);
  const given = describeTarget(target);
  if (planned !== given) {
    throw new AppError('run.plan-other-target', { origin: 'config', params: { planned, target: given } });
  }
  const others = pairs(plan.packages, packages, ({ name, bytes }) => `${name} (${bytes})`).unmatched;
  if (others.length > 0) throw trouble('run.plan-does-not-fit', 'config', others);
}

function describeTarget({ location, charts }: ReportTarget): string {
  return [location, ...charts].join(' ');
}

/**
 * Compares `planned` with `found`, the plan made anew with the decisions of `planned`. Throws `run.plan-does-not-fit` where the
 * packages or options differ, `run.plan-decides-nothing` where a row has a decision although there is nothing to decide, and
 * `run.target-changed`, with both digests, where the target differs.
 */
export function followPlan(planned: Plan, found: Plan): void {
  const images = pairs(planned.images, found.images, imageKey);
  const charts = pairs(planned.charts, found.charts, chartKey);
  const strangers = [...otherContents(planned, found), ...images.unmatched, ...charts.unmatched];
  if (strangers.length > 0) throw trouble('run.plan-does-not-fit', 'config', strangers);
  const open = undecidable(images.both, charts.both);
  if (open.length > 0) throw trouble('run.plan-decides-nothing', 'config', open);
  const editedTags = new Set(planned.images.filter(isEdited).map((row) => row.target));
  const changed = new Map<string, string>();
  for (const [was, is] of images.both) {
    const difference = imageDifference(was, is, editedTags.has(was.target));
    if (difference) changed.set(was.target, `${was.target} (${difference})`);
  }
  for (const [was, is] of charts.both) {
    const difference = chartDifference(was, is, isChartEdited(was, planned));
    if (difference) changed.set(chartKey(was), `${was.name} ${was.version} ${was.url} (${difference})`);
  }
  if (changed.size > 0) throw trouble('run.target-changed', 'registry', [...changed.values()]);
}

/** Names of packages whose SHA-512 is not the planned one, where both are known. */
function otherContents(planned: Plan, found: Plan): readonly string[] {
  const known = new Map(planned.packages.map((one) => [one.name, one.sha512]));
  return found.packages.flatMap(({ name, sha512 }) => {
    const was = known.get(name) ?? null;
    return was !== null && sha512 !== null && was !== sha512 ? [name] : [];
  });
}

interface Pairs<T> {
  readonly both: readonly (readonly [planned: T, found: T])[];
  /** Keys that only one of them has. */
  readonly unmatched: readonly string[];
}

function pairs<T>(planned: readonly T[], found: readonly T[], key: (row: T) => string): Pairs<T> {
  const theirs = new Map(found.map((row) => [key(row), row]));
  const both: (readonly [T, T])[] = [];
  const unmatched: string[] = [];
  for (const row of planned) {
    const other = theirs.get(key(row));
    theirs.delete(key(row));
    if (other) both.push([row, other]);
    else unmatched.push(key(row));
  }
  return { both, unmatched: [...unmatched, ...theirs.keys()] };
}

function imageKey(row: PlanImage): string {
  return `${row.target} ${rowPlatform(row)} ${row.digest} (${row.package})`;
}

/** Rows with a decision where there is nothing to decide. */
function undecidable(images: Pairs<PlanImage>['both'], charts: Pairs<PlanChart>['both']): readonly string[] {
  const isOpen = ([was, is]: readonly [Pick<PlanImage, 'decision'>, Pick<PlanImage, 'decision'>]) =>
    was.decision !== null && is.decision === null;
  return [
    ...images
      .filter((both) => isOpen(both) && contentName(both[0].before) === contentName(both[1].before))
      .map(([was]) => `${was.target} ${rowPlatform(was)}`),
    ...charts
      .filter((both) => isOpen(both) && both[0].before === both[1].before)
      .map(([was]) => chartKey(was)),
  ];
}

/** What differs, for the message; null where nothing does. Differences that a decision causes do not count. */
function imageDifference(was: PlanImage, is: PlanImage, isTagEdited: boolean): string | null {
  if (contentName(was.before) !== contentName(is.before))
    return `${contentName(was.before)} -> ${contentName(is.before)}`;
  if (!isEdited(was) && was.action !== is.action) return `${was.action} -> ${is.action}`;
  if (isTagEdited || contentName(was.after) === contentName(is.after)) return null;
  return `${contentName(was.after)} -> ${contentName(is.after)}`;
}

function chartDifference(was: PlanChart, is: PlanChart, isDecided: boolean): string | null {
  if (was.before !== is.before) return `${was.before ?? '-'} -> ${is.before ?? '-'}`;
  return isDecided || was.action === is.action ? null : `${was.action} -> ${is.action}`;
}

/** What a tag holds, for messages: its digest, `-` for an absent tag, `?` for one that cannot be read. */
export function contentName(content: TagSummary | null | 'unreadable'): string {
  if (content === null) return '-';
  return content === 'unreadable' ? '?' : content.digest;
}

function trouble(
  code: 'run.plan-does-not-fit' | 'run.plan-decides-nothing' | 'run.target-changed',
  origin: 'config' | 'registry',
  items: readonly string[],
): AppError {
  const named = items.slice(0, NAMED).join(', ') + (items.length > NAMED ? ', …' : '');
  return new AppError(code, { origin, params: { count: items.length, items: named } });
}

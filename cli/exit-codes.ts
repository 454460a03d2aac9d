// The exit code of every command, decided in this one file, so that scripts can rely on it.
import type {
  Audit,
  Coverage,
  Inventory,
  Packed,
  Plan,
  Problem,
  Proof,
  PrunePlan,
  Report,
  UndoPlan,
} from '../core/contract.js';
import { includesPlatform, type ErrorCode } from '../core/engine.js';

export const EXIT = {
  done: 0,
  defect: 1,
  usage: 2,
  package: 3,
  target: 4,
  policy: 5,
  partly: 6,
  space: 7,
  cancelled: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Of several codes the first one in this order is used. */
const ORDER: readonly ExitCode[] = [
  EXIT.defect,
  EXIT.usage,
  EXIT.cancelled,
  EXIT.package,
  EXIT.target,
  EXIT.space,
  EXIT.policy,
  EXIT.partly,
];

const SPACE = /\.(?:no-space|quota-exceeded)$/;
/**
 * A rule kept Archbridge from writing: a tag that cannot be read is left alone, a `stop` policy applies, a signature does not fit.
 */
const POLICY =
  /^plan\.tag-|^plan\.chart-changed$|^run\.(?:stopped-by-policy|target-changed)$|^signature\.(?:missing|other-key|unusable|wrong)$/;
/** Problems of single charts and images. They are listed with a run or a package, but do not explain why the whole run failed. */
const ABOUT_ONE_ITEM = /^(?:plan|chart)\.|^run\.(?:blob|chart|packages|platform|tag)-/;
/** Notes: nothing is missing because of them. */
const NOTES: ReadonlySet<string> = new Set<ErrorCode>([
  'config.ipv6-in-values',
  'package.arch-differs',
  'package.artifact-skipped',
  'package.attached-left-out',
  'package.attestation-incomplete',
  'package.charts-skipped',
  'package.link-skipped',
  'package.no-end-blocks',
  'package.skipped',
  'package.text-unproven',
  'package.trailing-data',
  'plan.chart-without-hints',
  'plan.image-in-target',
  'plan.image-not-shipped',
  'plan.own-hints-unusable',
  'plan.registry-past-values',
  'run.converted-to-oci',
  'run.project-created-private',
  'run.project-created-public',
  'run.mislabelled-let-in',
  'run.nothing-to-import',
  'run.platform-put-back',
  'run.space-scarce',
  'run.read-alone',
]);
/** Images that were left out or that a bundle lacks, and charts that need them; the rest of the package is right. */
const LEFT_OUT: ReadonlySet<string> = new Set<ErrorCode>([
  'plan.image-mislabelled',
  'plan.image-without-platform',
  'run.chart-image-missing',
  'run.chart-images-lacking',
]);
/** An image that a chart of the package names and that neither its bundle nor another one holds. */
const LACKING: ReadonlySet<string> = new Set<ErrorCode>(['plan.image-absent', 'run.chart-images-lacking']);

/** Images that cannot be named in a target. */
const NAMELESS: ReadonlySet<string> = new Set<ErrorCode>([
  'plan.image-tag-only',
  'plan.image-unnamed',
  'plan.name-illegal',
]);

/** A project that is missing or cannot be pushed to by this account; the rest of the import is right. */
const NO_PROJECT: ReadonlySet<string> = new Set<ErrorCode>([
  'registry.project-cache-only',
  'registry.project-missing',
  'registry.project-not-writable',
]);

const NO_RIGHT_TO_DELETE: ErrorCode = 'registry.delete-forbidden';
/** Charts and tags that may not be overwritten; the import reports them one by one. */
const NOT_REPLACED: ErrorCode = 'chart-repo.refuses-overwrite';
const IMMUTABLE: ErrorCode = 'registry.tag-immutable';
const CANCELLED: ErrorCode = 'run.cancelled';
/** The process of a run was killed: running it again brings the rest. */
const INTERRUPTED: ErrorCode = 'run.interrupted';

type Cause = Pick<Problem, 'code' | 'origin'>;

/** The part of the request that decides whether the outcome is what was asked for. */
export interface Asked {
  /** `--on-change stop` and `--on-chart-change stop`: a conflict makes the exit code 5. */
  readonly stopOnImageConflict?: boolean;
  readonly stopOnChartConflict?: boolean;
  readonly requirePlatforms?: readonly string[];
  /** `--verify`: a report without a proof is incomplete (6). */
  readonly verify?: boolean;
}

/** For a problem that kept the command from doing anything more. */
export function exitCodeForProblem(problem: Cause): ExitCode {
  if (SPACE.test(problem.code)) return EXIT.space;
  if (POLICY.test(problem.code)) return EXIT.policy;
  if (problem.code === CANCELLED) return EXIT.cancelled;
  if (LEFT_OUT.has(problem.code) || problem.code === INTERRUPTED) return EXIT.partly;
  switch (problem.origin) {
    case 'app':
      return EXIT.defect;
    case 'config':
      return EXIT.usage;
    case 'package':
      return EXIT.package;
    case 'registry':
    case 'chart-repo':
    case 'disk':
      return EXIT.target;
  }
}

/** For a list of problems. */
export function exitCodeForProblems(problems: readonly Cause[]): ExitCode {
  return first(problems.map(exitCodeForProblem));
}

/** For several runs: the first code of the order that several causes have. */
export function worstExitCode(codes: readonly ExitCode[]): ExitCode {
  return first(codes);
}

/** For a run that began, however it ended. */
export function exitCodeForReport(report: Report, asked: Asked = {}): ExitCode {
  const items = [...report.images, ...report.charts];
  const itemProblems = items.flatMap((item) => item.problem ?? []);
  const codes: ExitCode[] = [];
  if ([...report.problems, ...itemProblems].some(({ code }) => code === 'app.defect'))
    codes.push(EXIT.defect);
  if (report.result === 'cancelled') codes.push(EXIT.cancelled);
  if (report.result === 'failed') {
    codes.push(EXIT.partly, ...causesOfFailure(report.problems, itemProblems).map(exitCodeForProblem));
  }
  if (report.result === 'partial' || items.some(({ action }) => action === 'failed')) codes.push(EXIT.partly);
  for (const { action, problem } of report.images) {
    // A damaged bundle or a missing project means that something is missing (6); a tag that cannot be read is the guard at work (5).
    const isMissing = problem !== null && (problem.origin === 'package' || NO_PROJECT.has(problem.code));
    if (action === 'blocked') codes.push(isMissing ? EXIT.partly : EXIT.policy);
  }
  // A chart is blocked when its images are, so the cause of those decides.
  for (const { action, problem } of report.charts) {
    const isGuarded = problem !== null && POLICY.test(problem.code);
    if (action === 'blocked') codes.push(isGuarded ? EXIT.policy : EXIT.partly);
  }
  if (report.images.some(({ reason }) => reason === 'other-source')) codes.push(EXIT.partly);
  if (asked.stopOnImageConflict && report.images.some(isConflict)) codes.push(EXIT.policy);
  if (asked.stopOnChartConflict && report.charts.some(isConflict)) codes.push(EXIT.policy);
  if (lacksPlatform(report, asked.requirePlatforms ?? [])) codes.push(EXIT.partly);
  if (report.problems.some(({ code }) => code === 'receipt.not-written')) codes.push(EXIT.partly);
  if (report.proof) codes.push(exitCodeForProof(report.proof));
  else if (asked.verify) codes.push(isCancelledLater(report) ? EXIT.cancelled : EXIT.partly);
  return first(codes);
}

/** For a plan: one item that would end with 4 or 7 is enough; damage of a package is 3 only when nothing else can be imported. */
export function exitCodeForPlan({ images, charts, problems, request }: Plan): ExitCode {
  const items = [...images, ...charts];
  const isAnythingLeft = items.some(({ action }) => action !== 'blocked' && action !== 'failed');
  const codes = problems
    .filter(({ code }) => !NOTES.has(code))
    .map((problem) => {
      const code = concernsAll(problem) ? exitCodeForProblem(problem) : EXIT.partly;
      return code === EXIT.package && isAnythingLeft ? EXIT.partly : code;
    });
  const itemProblems = items.flatMap((item) => item.problem ?? []);
  const isDamaged = (problem: Cause): boolean => exitCodeForProblem(problem) === EXIT.package;
  if (!isAnythingLeft && causesOfFailure(problems, itemProblems).some(isDamaged)) codes.push(EXIT.package);
  for (const { action, problem } of images) {
    // A tag that cannot be read is the guard at work (5); one that is immutable is what the import reports as failed (6).
    const isMissing = problem?.origin === 'package' || problem?.code === IMMUTABLE;
    if (action === 'blocked') codes.push(isMissing ? EXIT.partly : EXIT.policy);
  }
  for (const { action, problem } of charts) {
    if (action !== 'blocked' && action !== 'failed') continue;
    const isOfTarget =
      problem !== null &&
      problem.code !== NOT_REPLACED &&
      problem.origin !== 'package' &&
      problem.origin !== 'config';
    codes.push(isOfTarget ? exitCodeForProblem(problem) : EXIT.partly);
  }
  if (images.some(({ reason }) => reason === 'other-source')) codes.push(EXIT.partly);
  if (images.some((row) => isConflict(row) && (request.onChange === 'stop' || row.decision === 'stop')))
    codes.push(EXIT.policy);
  if (charts.some((row) => isConflict(row) && (request.onChartChange === 'stop' || row.decision === 'stop')))
    codes.push(EXIT.policy);
  return first(codes);
}

/** For an undo or a prune: items that somebody changed since and that were left make 5, items that could not be undone make 6. */
export function exitCodeForUndo(report: Report): ExitCode {
  const items = [...report.images, ...report.charts];
  const codes: ExitCode[] = [];
  if (report.result === 'cancelled') codes.push(EXIT.cancelled);
  // Notes of an undo never explain why all of it failed.
  const causes = report.problems.filter(({ code }) => !code.startsWith('undo.'));
  if (report.result === 'failed') {
    const refused = items.flatMap(({ problem }) => (problem?.code === NO_RIGHT_TO_DELETE ? [problem] : []));
    codes.push(...[...causes, ...refused].map(exitCodeForProblem));
  }
  const problems = [...report.problems, ...items.flatMap((item) => item.problem ?? [])];
  if (problems.some(({ code }) => code === 'app.defect')) codes.push(EXIT.defect);
  if (items.some(isConflict)) codes.push(EXIT.policy);
  const isUndone = ({ action }: { readonly action: string }) => action !== 'failed' && action !== 'blocked';
  if (report.result !== 'done' || !items.every(isUndone)) codes.push(EXIT.partly);
  return first(codes);
}

/** For the preview of an undo: the exit code that the undo would have. */
export function exitCodeForUndoPlan({ tags, charts }: UndoPlan): ExitCode {
  const left = [...tags, ...charts].filter(({ problem }) => problem !== null);
  const isGuarded = ({ reason }: { readonly reason: string }) =>
    reason === 'changed-since' || reason === 'shared';
  // as in a plan of an import, one item that would meet it is enough
  if (left.some(({ problem }) => problem?.code === NO_RIGHT_TO_DELETE)) return EXIT.target;
  if (left.some(isGuarded)) return EXIT.policy;
  return left.length > 0 ? EXIT.partly : EXIT.done;
}

/** For the list of a prune: the exit code that the prune would have. What stays because it is used is as asked. */
export function exitCodeForPrunePlan({ charts, tags, problems }: PrunePlan): ExitCode {
  if (charts.length + tags.length === 0) {
    return first(problems.filter(({ code }) => !code.startsWith('audit.')).map(exitCodeForProblem));
  }
  const items = [...charts, ...tags];
  if (items.some(({ problem }) => problem?.code === NO_RIGHT_TO_DELETE)) return EXIT.target;
  const isLeft = items.some(({ reason }) => reason === 'cannot-remove' || reason === 'unreadable');
  return isLeft || problems.length > 0 ? EXIT.partly : EXIT.done;
}

/** For a proof: any finding makes 5. */
export function exitCodeForProof({ ok }: Pick<Proof, 'ok'>): ExitCode {
  return ok ? EXIT.done : EXIT.policy;
}

/** For `pack`: bundles or images that are damaged and were left out make 6. */
export function exitCodeForPacked({ problems }: Packed): ExitCode {
  return problems.length > 0 ? EXIT.partly : EXIT.done;
}

/** For an audit. When nothing could be read because the target refused, the code is that of the refusal. */
export function exitCodeForAudit({ ok, charts, problems }: Audit): ExitCode {
  if (ok) return EXIT.done;
  const refused = charts.length === 0 ? problems.filter(({ code }) => !code.startsWith('audit.')) : [];
  return refused.length > 0 ? exitCodeForProblems(refused) : EXIT.policy;
}

/**
 * For `inspect`: any damage in a package makes 3, an image that a chart needs and the package lacks makes 6; unusual charts do not
 * count. In a package of images alone, wrong images beside right ones make 6, as in its import.
 */
export function exitCodeForInventory(inventory: Inventory): ExitCode {
  const codes = inventory.problems.filter(concernsAll).map(exitCodeForProblem);
  for (const { checksum, problems, charts, images } of inventory.packages) {
    codes.push(...problems.filter(concernsAll).map(exitCodeForProblem));
    if (charts.some((chart) => chart.problems.some(({ code }) => LACKING.has(code)))) codes.push(EXIT.partly);
    if (checksum === 'mismatch') codes.push(EXIT.package);
    const ofImages = images.flatMap((image) => image.problem ?? []).filter(concernsAll);
    const isMixed = charts.length === 0 && images.some(({ problem }) => problem === null);
    if (!isMixed) codes.push(...ofImages.map(exitCodeForProblem));
    else if (ofImages.length > 0 || problems.some(({ code }) => NAMELESS.has(code))) codes.push(EXIT.partly);
  }
  return first(codes);
}

/** For a comparison: conflicts and stale platforms are not failures; unreadable tags make 5, a missing required platform or image of a chart makes 6. */
export function exitCodeForCoverage({ images, problems, required, summary }: Coverage): ExitCode {
  const found = [...problems, ...images.flatMap((image) => image.problem ?? [])];
  const codes = found.filter(concernsAll).map(exitCodeForProblem);
  const cells = images.flatMap((image) => Object.values(image.cells));
  if (cells.some(({ state }) => state === 'unreadable')) codes.push(EXIT.policy);
  const isComplete = (platform: string): boolean => (summary[platform]?.present ?? 0) === images.length;
  if (!required.every(isComplete) || problems.some(({ code }) => LACKING.has(code))) codes.push(EXIT.partly);
  return first(codes);
}

/** True when the run was complete and only the proof after it was cancelled. */
function isCancelledLater({ problems }: Report): boolean {
  return problems.some(({ code }) => code === 'verify.cancelled');
}

/** True when a tag of the run does not have one of the required platforms now. */
function lacksPlatform({ images }: Report, required: readonly string[]): boolean {
  const held = new Map<string, string[]>();
  for (const { target, after } of images) {
    const platforms = held.get(target) ?? [];
    held.set(target, platforms);
    if (after !== null && after !== 'unreadable') platforms.push(...after.platforms);
  }
  return [...held.values()].some((platforms) => required.some((one) => !includesPlatform(platforms, one)));
}

/** Why nothing at all was done, or can be: problems of the whole run, else those of its packages, bundles and items. */
function causesOfFailure(problems: readonly Cause[], itemProblems: readonly Cause[]): readonly Cause[] {
  const ofAll = problems.filter(concernsAll);
  if (ofAll.length > 0) return ofAll;
  // required platforms that are missing do not tell why
  return [...itemProblems, ...problems.filter(({ code }) => !NOTES.has(code) && !code.startsWith('run.'))];
}

function concernsAll({ code }: Cause): boolean {
  return !ABOUT_ONE_ITEM.test(code) && !NOTES.has(code);
}

function isConflict({ action }: { readonly action: string }): boolean {
  return action === 'conflict';
}

function first(codes: readonly ExitCode[]): ExitCode {
  return ORDER.find((code) => codes.includes(code)) ?? EXIT.done;
}

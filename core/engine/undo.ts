// The command `undo` and its preview.
import type { CommandOptions, Report, UndoPlan, UndoRequest } from '../contract.js';
import { AppError } from '../errors.js';
import { realPath } from '../layout/optional-file.js';
import { parseChartPattern } from '../plan/selection.js';
import { Counters } from '../run/base/counters.js';
import { LiveRun } from '../journal/live-run.js';
import type { Patience } from '../flow/patience.js';
import { KeptContent, readHistory, type FormerRun } from '../journal/former-runs.js';
import type { UndoJob } from '../undo/undo-job.js';
import { makeUndoPlan, undoPlanOf } from '../undo/undo-plan.js';
import { undoRuns } from '../undo/undo-runs.js';
import { connectTarget, describeTarget } from '../target/connect.js';
import { normalizeTarget, type ResolvedTarget } from '../target/spec.js';
import type { ActiveRuns, EngineDeps } from './deps.js';
import { notedBy } from './noted-events.js';
import { patienceFor } from './patience-for.js';
import { findRunOrReceipt } from './receipts.js';
import { runOnTarget } from './carry-out/run-on-target.js';

/** Gives what {@link undo} would do. Reads the target and writes nothing. */
export async function planUndo(
  request: UndoRequest,
  deps: EngineDeps,
  active: ActiveRuns,
  options: CommandOptions,
): Promise<UndoPlan> {
  return withJob(request, deps, active, options, { isPreview: true }, async (job) =>
    undoPlanOf(job, await makeUndoPlan(job)),
  );
}

/** Gives the report of an undo once it has begun, however it ended; throws errors before it begins. */
export async function undo(
  request: UndoRequest,
  deps: EngineDeps,
  active: ActiveRuns,
  given: CommandOptions,
): Promise<Report> {
  const live = new LiveRun();
  const options = notedBy(live, given);
  const { onEvent: emit } = options;
  const counters = new Counters(emit);
  return withJob(request, deps, active, options, { counters }, async (job, patience) => {
    const planned = await makeUndoPlan(job);
    const undoes = job.runs.map((one) => one.run);
    const opening = {
      ...({ kind: 'undo', undoes, only: job.only } as const),
      weakened: job.force ? ['--force'] : [],
    };
    const { target } = job;
    const run = { opening, target, counters, patience, live, active };
    return runOnTarget(run, deps, options, ({ journal, pause }, watched) =>
      undoRuns({ job: { ...job, signal: watched.signal }, planned, journal, counters, pause, emit }),
    );
  });
}

/** Checks what can be checked without the target, then connects. */
async function withJob<T>(
  request: UndoRequest,
  deps: EngineDeps,
  active: ActiveRuns,
  options: CommandOptions,
  how: { readonly isPreview: true } | { readonly counters: Counters },
  work: (job: UndoJob, patience: Patience) => Promise<T>,
): Promise<T> {
  const { signal, onEvent: emit = () => undefined } = options;
  const { only = [], force = false } = request;
  for (const pattern of only) parseChartPattern(pattern);
  const resolved = normalizeTarget(request.target);
  const wanted = await wantedRuns(request, deps, options);
  for (const run of wanted) {
    if (active.has(run)) throw new AppError('undo.run-going-on', { origin: 'config', params: { run } });
  }
  const history = await readHistory(deps.stateDir, { signal });
  const runs = history.filter(({ run }) => wanted.has(run));
  for (const run of wanted) {
    if (runs.some((one) => one.run === run)) continue;
    throw new AppError('run.unknown', { origin: 'config', params: { run } });
  }
  for (const run of runs) await requireSameTarget(run, resolved, { signal });
  emit({ type: 'stage', stage: 'connect' });
  const patience = patienceFor(request, deps, options);
  const target = await connectTarget(resolved, {
    readOnly: 'isPreview' in how,
    signal,
    patience,
    onRetry: () => undefined,
    onRequest: (line, isAnswered) => {
      if (isAnswered && 'counters' in how) how.counters.answered();
      deps.log('debug', line);
    },
  });
  try {
    emit({ type: 'stage', stage: 'survey' });
    const kept = new KeptContent(deps.stateDir);
    return await work({ target, runs, history, kept, only, force, signal }, patience);
  } finally {
    await target.close();
  }
}

/** Ids of the runs. Throws `run.unknown`. */
async function wantedRuns(
  { runs, target }: UndoRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const run of runs) ids.add(await findRunOrReceipt(run, target, deps, options));
  return ids;
}

/** Throws `undo.other-target`. Makes no connection. */
async function requireSameTarget(
  { run, target: there }: FormerRun,
  resolved: ResolvedTarget,
  options: { readonly signal: AbortSignal },
): Promise<void> {
  // with charts alone there is no location of images: the chart repositories tell the target
  if (!resolved.images) return;
  const here = describeTarget(resolved);
  const isSame =
    here.kind === there.kind &&
    (here.location === there.location ||
      (here.kind === 'folder' &&
        (await realPath(here.location, options)) === (await realPath(there.location, options))));
  if (isSame) return;
  const params = { run, there: there.location, here: here.location };
  throw new AppError('undo.other-target', { origin: 'config', params });
}

// The command `prune` and its list.
import type { CommandOptions, PrunePlan, PruneRequest, Report } from '../../contract.js';
import { KeptContent, readHistory, type FormerRun } from '../../journal/former-runs.js';
import { LiveRun } from '../../journal/live-run.js';
import { parseChartPattern } from '../../plan/selection.js';
import { carryOutPrune, prunePlanOf } from '../../prune/carry-out.js';
import { planPrune as makePlan } from '../../prune/plan-prune.js';
import type { PruneJob } from '../../prune/prune-job.js';
import { RunHistory } from '../../report/reading/run-history.js';
import { Counters } from '../../run/base/counters.js';
import { connectTarget } from '../../target/connect.js';
import { normalizeTarget } from '../../target/spec.js';
import { AppError } from '../../errors.js';
import { chartRepositories } from './chart-repositories.js';
import type { ActiveRuns, EngineDeps } from '../deps.js';
import { notedBy } from '../noted-events.js';
import { patienceFor } from '../patience-for.js';
import { bringReceiptsFrom } from '../receipts.js';
import { runOnTarget } from '../carry-out/run-on-target.js';
import type { Patience } from '../../flow/patience.js';

/** Gives what {@link prune} would remove. Writes nothing but fetched receipts. */
export async function planPrune(
  request: PruneRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<PrunePlan> {
  return withJob(request, deps, options, { isPreview: true }, async (job) =>
    prunePlanOf(job, await makePlan(job)),
  );
}

/** Gives the report of a prune once it has begun, however it ended; throws errors before it begins. */
export async function prune(
  request: PruneRequest,
  deps: EngineDeps,
  active: ActiveRuns,
  given: CommandOptions,
): Promise<Report> {
  const live = new LiveRun();
  const options = notedBy(live, given);
  const counters = new Counters(options.onEvent);
  return withJob(request, deps, options, { counters }, async (job, patience) => {
    const planned = await makePlan(job);
    const opening = { kind: 'prune', weakened: [] } as const;
    const run = { opening, target: job.target, counters, patience, live, active };
    return runOnTarget(run, deps, options, ({ journal, pause }, { signal }) =>
      carryOutPrune({ job: { ...job, signal }, planned, journal, counters, pause }),
    );
  });
}

/** Checks what can be checked without the target, then connects. Throws `prune.needs-charts`. */
async function withJob<T>(
  request: PruneRequest,
  deps: EngineDeps,
  options: CommandOptions,
  how: { readonly isPreview: true } | { readonly counters: Counters },
  work: (job: PruneJob, patience: Patience) => Promise<T>,
): Promise<T> {
  const { signal, onEvent: emit = () => undefined } = options;
  const { skip = [], keep = 1 } = request;
  for (const pattern of skip) parseChartPattern(pattern);
  const resolved = normalizeTarget(request.target);
  if (resolved.noCharts) throw new AppError('prune.needs-charts', { origin: 'config' });
  emit({ type: 'stage', stage: 'connect' });
  const patience = patienceFor(request, deps, options);
  const target = await connectTarget(resolved, {
    ...{ readOnly: 'isPreview' in how, signal, patience },
    onRetry: () => undefined,
    onRequest: (line, isAnswered) => {
      if (isAnswered && 'counters' in how) how.counters.answered();
      deps.log('debug', line);
    },
  });
  try {
    // receipts of runs on other computers tell what they published
    if (target.images) await bringReceiptsFrom(target, target.rules, deps, { signal });
    const history = await RunHistory.read(deps.stateDir, target.summary.location, { signal });
    const known = new Set(history.charts.map((chart) => chart.repo));
    const { repositories } = await chartRepositories(resolved, target, known, { signal });
    const runs = await readHistory(deps.stateDir, { signal });
    const kept = new KeptContent(deps.stateDir);
    const { rules, summary } = target;
    const imagesOf = notedImages(runs, summary.location);
    return await work(
      { target, rules, repositories, history, imagesOf, runs, kept, keep, skip, emit, signal },
      patience,
    );
  } finally {
    await target.close();
  }
}

/** What the journals of runs into this target say of each chart; a chart of several folders has the images of all. */
function notedImages(
  runs: readonly FormerRun[],
  location: string,
): (name: string, version: string) => readonly string[] {
  const noted = new Map<string, Set<string>>();
  for (const { target, entries } of runs) {
    if (target.location !== location) continue;
    for (const entry of entries) {
      if (entry.type !== 'chart-images') continue;
      const key = `${entry.name} ${entry.version}`;
      const images = noted.get(key) ?? new Set<string>();
      for (const image of entry.images) images.add(image);
      noted.set(key, images);
    }
  }
  return (name, version) => [...(noted.get(`${name} ${version}`) ?? [])];
}

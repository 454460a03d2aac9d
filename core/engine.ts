// The engine's functions for its hosts (CLI, app, web); hosts import nothing else of the engine.
import { setMaxListeners } from 'node:events';
import type { CommandOptions, Engine, Language, Report, Result } from './contract.js';
import { audit } from './engine/published/audit.js';
import { check } from './engine/check/check.js';
import { compare } from './engine/compare.js';
import { loggingRun, type ActiveRuns, type EngineDeps } from './engine/deps.js';
import { follow } from './engine/follow.js';
import { importInto } from './engine/import.js';
import { importSeveral } from './engine/several/import-several.js';
import { inspect } from './engine/inspect.js';
import { pack } from './engine/packing/pack.js';
import { plan } from './engine/plan.js';
import { planPrune, prune } from './engine/published/prune.js';
import { report, runs } from './engine/runs.js';
import { inventory } from './engine/packing/site-inventory.js';
import { supportBundle } from './engine/support-bundle.js';
import { planUndo, undo } from './engine/undo.js';
import { verify } from './engine/verify.js';
import { SurveyMemory } from './target/survey-memory.js';
import { AppError, isAbort, toProblem, translateProblem } from './errors.js';

export type { EngineDeps } from './engine/deps.js';
export { shareStore, type SharedStore } from './folder/share/share-store.js';
export { LOG_SECRETS } from './engine/log-secrets.js';
export { openLogFile, openLogFileIn, type LogFile } from './layout/log-file.js';
export { includesPlatform, parsePlatform, rowPlatform } from './content/platform.js';
export { LANGUAGES, textFor, type ErrorCode, type MessageParams, type TextKey } from './messages/catalog.js';
export { AppError, toProblem, translateProblem } from './errors.js';
export { formatBytes, formatSeconds, formatTime } from './messages/units.js';
export { NO_TOTALS } from './report/build-report.js';
export { coverageHtml } from './report/render/coverage-html.js';
export { STATE_SIGNS, cellsWhere, isAllSame, noteOf } from './report/render/coverage-words.js';
export { detailRows } from './report/render/detail-rows.js';
export { renderReport, type ReportFormat } from './report/render/render-report.js';
export { joinReports } from './report/join-reports.js';
export { findingsOf } from './report/verdict.js';
export { checkSignature, readSigningKey, signReport, type SigningKey } from './report/signature.js';
export { parsePlan } from './plan/plan-file.js';
export { parseChartsFile } from './plan/selection.js';
export { parseClusterConfig } from './target/cluster-config.js';
export { checkInstallerManifest } from './target/installer-manifest.js';
export { SavedTargets, savedTarget, withTarget } from './target/saved-targets.js';
export { chartOrigin, chartOrigins, registryOrigin } from './target/credential-origins.js';
export { parseSiteFile } from './target/site-file.js';
export { parseSyncerConfig } from './target/syncer-config.js';

/** Makes an engine. Between calls it keeps nothing open except active runs. */
export function createEngine(deps: EngineDeps): Engine {
  const active: ActiveRuns = new Map();
  const surveys = new SurveyMemory();
  /** What was read before a run says nothing about the target during the run and after it. */
  const writing = async <T>(work: Promise<T>): Promise<T> => {
    surveys.forget();
    return work.finally(() => surveys.forget());
  };
  return {
    inspect: (request, options) => answer(options, () => inspect(request, deps, options)),
    plan: (request, options) => answer(options, () => plan(request, deps, surveys, options)),
    import: (request, options) =>
      writing(answer(options, () => importInto(request, loggingRun(deps), active, options))),
    importSeveral: (requests, options) =>
      writing(
        answer({ signal: options.signal }, () =>
          importSeveral(requests, deps, active, { ...options, answer }),
        ),
      ),
    compare: (request, options) => answer(options, () => compare(request, deps, surveys, options)),
    verify: (request, options) => answer(options, () => verify(request, deps, options)),
    audit: (request, options) => answer(options, () => audit(request, deps, options)),
    planUndo: (request, options) => answer(options, () => planUndo(request, deps, active, options)),
    undo: (request, options) =>
      writing(answer(options, () => undo(request, loggingRun(deps), active, options))),
    planPrune: (request, options) => answer(options, () => planPrune(request, deps, options)),
    prune: (request, options) =>
      writing(answer(options, () => prune(request, loggingRun(deps), active, options))),
    runs: (request, options) => answer(options, () => runs(request, deps, options)),
    follow: (run, options) => answer(options, () => follow(run, deps, options)),
    report: (run, options) => answer(options, () => report(run, deps, options)),
    pack: (request, options) => answer(options, () => pack(request, deps, options)),
    inventory: (request, options) => answer(options, () => inventory(request, deps, options)),
    supportBundle: (request, options) => answer(options, () => supportBundle(request, deps, options)),
    check: (target, options) => answer(options, () => check(target, deps, options)),
    pause: (run) => {
      active.get(run)?.pause.pause();
      return active.has(run);
    },
    resume: (run) => {
      active.get(run)?.pause.resume();
      return active.has(run);
    },
    tryNow: (run) => active.get(run)?.patience.tryNow() ?? false,
  };
}

/** Turns what a command throws into a problem; a cancellation becomes `run.cancelled`. */
async function answer<T>(options: CommandOptions, work: () => Promise<T>): Promise<Result<T>> {
  // Dozens of requests listen to one signal at a time, which Node would report as a leak.
  setMaxListeners(0, options.signal);
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const known = isAbort(error, options.signal) ? new AppError('run.cancelled', { origin: 'app' }) : error;
    return { ok: false, problem: toProblem(known) };
  }
}

/** A report in another language; only its problems contain words. */
export function translateReport(report: Report, language: Language): Report {
  const translate = <T extends { readonly problem: Report['problems'][number] | null }>(row: T): T =>
    row.problem ? { ...row, problem: translateProblem(row.problem, language) } : row;
  return {
    ...report,
    images: report.images.map(translate),
    charts: report.charts.map(translate),
    problems: report.problems.map((problem) => translateProblem(problem, language)),
  };
}

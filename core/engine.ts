// The one door into the engine: what the hosts (CLI, app, web) can ask for.
import { join } from 'node:path';
import type {
  CommandOptions,
  Engine,
  ImportRequest,
  InspectRequest,
  Inventory,
  Language,
  Report,
  ReportPackage,
  Result,
  RunEvent,
  RunSummary,
} from './contract.js';
import { AppError, isAbort, toProblem, translateProblem } from './errors.js';
import { expectedSha512 } from './package/checksum.js';
import { parsePackageName } from './package/names.js';
import { openPackage, type PackageSource } from './package/open-package.js';
import { parseChartPattern, parseSelection } from './plan/selection.js';
import { buildReport, summarizeRun } from './report/build-report.js';
import { Counters } from './run/counters.js';
import { importPackages } from './run/import-packages.js';
import { inspectPackage } from './run/inspect-package.js';
import { findRun, Journal, listRuns, readJournal } from './run/journal.js';
import { knownVersions } from './run/known-versions.js';
import { Spool } from './run/spool.js';
import { connectTarget } from './target/connect.js';
import { normalizeTarget } from './target/spec.js';

export { parsePlatform, platformKey } from './content/platform.js';
export { LANGUAGES, textFor, type ErrorCode, type MessageParams, type TextKey } from './messages/catalog.js';
export { AppError, toProblem, translateProblem } from './errors.js';
export { NO_TOTALS } from './report/build-report.js';
export { parseChartsFile } from './plan/selection.js';
export { parseClusterConfig } from './target/cluster-config.js';
export { checkInstallerManifest } from './target/installer-manifest.js';
export { parseSyncerConfig } from './target/syncer-config.js';

/** What the engine needs from its host. */
export interface EngineDeps {
  /** Journals, reports and caches lie here. */
  readonly stateDir: string;
  /** Version of Archbridge, for the journal. */
  readonly version: string;
  /** Log line without secrets. */
  readonly log: (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void;
}

/** Makes an engine; it holds nothing open between calls. */
export function createEngine(deps: EngineDeps): Engine {
  return {
    inspect: (request, options) => answer(options, () => inspect(request, options)),
    import: (request, options) => answer(options, () => importInto(request, deps, options)),
    runs: (options) => answer(options, () => runs(deps, options)),
    report: (run, options) => answer(options, () => report(run, deps)),
  };
}

/** Failures become problems here; what was cancelled before it began is one, too. */
async function answer<T>(options: CommandOptions, work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const known = isAbort(error, options.signal) ? new AppError('run.cancelled', { origin: 'app' }) : error;
    return { ok: false, problem: toProblem(known) };
  }
}

async function inspect(request: InspectRequest, options: CommandOptions): Promise<Inventory> {
  const { signal } = options;
  const sources = await openAll(request.packages, options);
  const expected = await checksums(sources, request.sha512, options);
  const packages = [];
  for (const source of sources) {
    const expectedSha512 = expected.get(source) ?? null;
    packages.push(await inspectPackage(source, { expectedSha512, signal, emit: options.onEvent ?? ignore }));
  }
  const problems = packages.flatMap((one) => one.problems);
  return { schema: 'archbridge.inventory/1', packages, problems };
}

async function importInto(
  request: ImportRequest,
  deps: EngineDeps,
  options: CommandOptions,
): Promise<Report> {
  const { signal, onEvent: emit = ignore } = options;
  const selection = parseSelection(request.selection);
  for (const pattern of request.keepCharts ?? []) parseChartPattern(pattern);
  const resolved = normalizeTarget(request.target);
  const sources = await openAll(request.packages, options);
  const expected = await checksums(sources, request.sha512, options);
  const counters = new Counters(emit);
  emit({ type: 'stage', stage: 'connect' });
  const target = await connectTarget(resolved, {
    signal,
    onRetry: () => (counters.retries += 1),
    onRequest: (line) => deps.log('debug', line),
  });
  try {
    const versions = await knownVersions(deps.stateDir, { signal });
    const journal = await Journal.create(deps.stateDir);
    const spool = new Spool(join(journal.directory, 'spool'));
    try {
      const packages = sources.map(describePackage);
      const weakened = weakeningOptions(request);
      await journal.append({
        type: 'run-started',
        run: journal.run,
        version: deps.version,
        target: target.summary,
        packages,
        weakened,
      });
      emit({ type: 'run-started', run: journal.run, target: target.summary.location, packages });
      deps.log('info', 'run started', { run: journal.run, target: target.summary.location });
      await importPackages({
        request,
        sources,
        labels: packages.map((one) => ({ fileName: one.name, version: one.version })),
        target,
        rules: resolved.rules,
        selection,
        journal,
        spool,
        counters,
        expectedSha512: (source) => expected.get(source) ?? null,
        versionOf: (digest) => versions.get(digest) ?? null,
        emit,
        signal,
      });
      return reportOf(journal.run, journal.entries);
    } finally {
      await spool.close();
      await journal.close();
    }
  } finally {
    await target.close();
  }
}

async function runs(deps: EngineDeps, { signal }: CommandOptions): Promise<readonly RunSummary[]> {
  const summaries: RunSummary[] = [];
  for (const run of await listRuns(deps.stateDir)) {
    signal.throwIfAborted();
    const summary = summarizeRun((await readJournal(deps.stateDir, run)) ?? []);
    if (summary) summaries.push(summary);
  }
  return summaries.reverse();
}

async function report(wanted: string, deps: EngineDeps): Promise<Report> {
  const run = await findRun(deps.stateDir, wanted);
  return reportOf(run, (await readJournal(deps.stateDir, run)) ?? []);
}

function reportOf(run: string, entries: Parameters<typeof buildReport>[0]): Report {
  const made = buildReport(entries);
  if (!made) throw new AppError('run.unknown', { origin: 'config', params: { run } });
  return made;
}

/** All packages are opened before anything is done, so that a wrong name is told at once. */
async function openAll(
  paths: readonly string[],
  { signal }: CommandOptions,
): Promise<readonly PackageSource[]> {
  const sources: PackageSource[] = [];
  for (const path of paths) sources.push(await openPackage(path, { signal }));
  return sources;
}

async function checksums(
  sources: readonly PackageSource[],
  option: string | undefined,
  { signal }: CommandOptions,
): Promise<ReadonlyMap<PackageSource, string>> {
  const expected = new Map<PackageSource, string>();
  if (option !== undefined && /^\s*[0-9a-f]{128}\s*$/i.test(option) && sources.length > 1) {
    throw new AppError('config.sha512-for-several', { origin: 'config', params: { count: sources.length } });
  }
  for (const source of sources) {
    const value = source.kind === 'file' ? await expectedSha512(source.path, option, { signal }) : null;
    if (value !== null) expected.set(source, value);
  }
  return expected;
}

function describePackage(source: PackageSource): ReportPackage {
  const { version, arch } = parsePackageName(source.fileName);
  return { path: source.path, name: source.fileName, version, arch, bytes: source.bytes, sha512: null };
}

/** Named in every report. */
function weakeningOptions(request: ImportRequest): readonly string[] {
  return [
    ...(request.acceptUnproven ? ['--accept-unproven'] : []),
    ...(request.allowMislabelled ? ['--allow-mislabelled'] : []),
    ...(request.onChange === 'replace' ? ['--on-change replace'] : []),
    ...(request.onChartChange === 'replace' ? ['--on-chart-change replace'] : []),
  ];
}

/** A report in another language: only its problems hold words. */
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

function ignore(_event: RunEvent): void {
  // a host that does not watch
}

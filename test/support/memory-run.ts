// Plans and imports into a target in memory, without the engine: for targets that no server on this machine offers.
import { readPackHead } from '../../core/package/read-pack-head.js';
import { join } from 'node:path';
import type { Coverage, ImportRequest, Plan, Report, ReportPackage } from '../../core/contract.js';
import { openPackage } from '../../core/package/source/open-package.js';
import { parsePackageName } from '../../core/package/source/names.js';
import { parseSelection } from '../../core/plan/selection.js';
import type { ProjectDirectory } from '../../core/ports/project-directory.js';
import { comparePackages } from '../../core/report/compare/compare.js';
import { buildReport } from '../../core/report/build-report.js';
import { Counters } from '../../core/run/base/counters.js';
import { importPackages } from '../../core/run/import-packages.js';
import { Journal } from '../../core/journal/journal.js';
import { formerImages } from '../../core/journal/known-versions.js';
import type { FreeBytes } from '../../core/run/forecast/needed-space.js';
import { Patience } from '../../core/flow/patience.js';
import { PauseGate } from '../../core/flow/pause-gate.js';
import type { PlanJob } from '../../core/run/import-job.js';
import { planPackages } from '../../core/run/plan-packages.js';
import { Spool } from '../../core/run/base/spool.js';
import type { ChartTarget } from '../../core/ports/chart-target.js';
import type { MemoryTarget } from './memory-target.js';

export interface MemorySettings {
  readonly target: MemoryTarget;
  /** State folder. */
  readonly state: string;
  /** Paths. */
  readonly packages: readonly string[];
  readonly request?: Partial<ImportRequest>;
  /** The chart repository for charts of every folder; by default charts go nowhere. */
  readonly charts?: ChartTarget;
  readonly projects?: ProjectDirectory;
  readonly freeBytes?: FreeBytes;
  readonly signal?: AbortSignal;
}

const LOCATION = { kind: 'registry', location: 'memory', charts: [] } as const;

export async function planInMemory(settings: MemorySettings): Promise<Plan> {
  const job = await jobFor(settings, new Spool(join(settings.state, 'spool')));
  const plan = await planPackages(job);
  await job.spool.close();
  return plan;
}

export async function compareInMemory(settings: MemorySettings): Promise<Coverage> {
  const job = await jobFor(settings, new Spool(join(settings.state, 'compare.spool')));
  const { request } = job;
  const coverage = await comparePackages({
    ...job,
    request: { packages: settings.packages, ...request },
    target: { images: settings.target, summary: LOCATION, tagsRead: '' },
    required: [],
    history: { versionsOf: () => [] },
    convertToOci: false,
  });
  await job.spool.close();
  return coverage;
}

/** Returns the report, however the run ended. */
export async function importInMemory(settings: MemorySettings): Promise<Report> {
  const { state } = settings;
  const journal = await Journal.create(state);
  const spool = new Spool(join(journal.directory, 'spool'));
  const job = await jobFor(settings, spool);
  const { packages, request, weakened } = job;
  await journal.append({
    type: 'run-started',
    run: journal.run,
    version: '0',
    target: LOCATION,
    packages,
    weakened,
  });
  const pause = new PauseGate(() => undefined);
  await importPackages({ ...job, request: { packages: [], ...request }, journal, pause });
  await spool.close();
  await journal.close();
  const report = buildReport(journal.entries);
  if (!report) throw new Error('no report');
  return report;
}

async function jobFor(settings: MemorySettings, spool: Spool): Promise<PlanJob> {
  const { target, state, charts, projects } = settings;
  const signal = settings.signal ?? new AbortController().signal;
  const request = { target: { registry: target.host, noCharts: !charts }, ...settings.request };
  const sources = await Promise.all(settings.packages.map((path) => openPackage(path, { signal })));
  const packages = sources.map(({ path, fileName: name, bytes }): ReportPackage => {
    const { version, arch } = parsePackageName(name);
    return { path, name, version, arch, bytes, sha512: null };
  });
  const former = await formerImages(state, { signal });
  const heads = await Promise.all(sources.map((source) => readPackHead(source, { signal })));
  return {
    request,
    sources,
    packages,
    heads,
    labels: packages.map(({ name, version }, at) => ({
      fileName: name,
      version: heads[at]?.version ?? version,
    })),
    target: {
      images: target,
      chartsFor: () => Promise.resolve(charts ? [{ url: charts.url, charts }] : []),
      projectsAt: () => Promise.resolve(projects ?? null),
      rightsAt: () => null,
      refusesDockerTypes: () => Promise.resolve(false),
      rules: { containerRegistry: target.host },
      summary: LOCATION,
      flush: () => Promise.resolve(),
      close: () => Promise.resolve(),
    },
    rules: { containerRegistry: target.host },
    selection: parseSelection(request.selection),
    spool,
    stateDir: state,
    counters: new Counters(() => undefined),
    patience: new Patience(0),
    expectedSha512: () => null,
    versionOf: former.versionOf,
    sourcesOf: former.sourcesOf,
    freeBytes: settings.freeBytes ?? (() => Promise.resolve(null)),
    weakened: [],
    emit: () => undefined,
    signal,
  };
}

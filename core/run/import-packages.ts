// The import: blobs go to the target, then tags, then charts. This file tells the order; each step has a file of its own.
import type { Report } from '../contract.js';
import { namingNotes } from '../target/naming-rules.js';
import { followPlan } from '../plan/follow-plan.js';
import { assemblePlan } from './assemble-plan.js';
import { RunRecord } from './base/run-record.js';
import { forecastImport, type ImportForecast } from './forecast/forecast-import.js';
import { requireStateSpace, scarceSpace } from './forecast/needed-space.js';
import { stopOnChanges } from './forecast/stop-on-changes.js';
import { chartDeciderOf, publishImportedCharts } from './import-charts.js';
import {
  imageToolsFor,
  lookingOptions,
  projectGateFor,
  sendingOptions,
  type ImportJob,
  type ImportRun,
} from './import-job.js';
import {
  noteConversions,
  recordMissingPlatforms,
  sweepImportedTags,
  writeImportedTags,
} from './import-tags.js';
import { firstPass, lookAtPackage, recalledPackage, type ReadPackage } from './pass/look-at-package.js';
import { requireSelected } from './pass/nothing-selected.js';
import { sendPackage } from './pass/send-package.js';
import { noteNothingToImport, recordPackage } from './record-package.js';
import { recordNotReached } from './not-reached.js';
import { runToEnd } from './run-to-end.js';
import { sendNeededBlobs } from './send-needed-blobs.js';

/** Packages whose blobs are in the target, and what was decided about tags before they were sent. */
interface Delivered {
  readonly read: readonly ReadPackage[];
  /** Empty where tags are decided only when they are written. */
  readonly forecasts: ImportForecast['forecasts'];
}

/** Runs the import and writes its journal to the end. Throws defects only. */
export async function importPackages(job: ImportJob): Promise<Report['result']> {
  const record = new RunRecord(job.journal, job.counters, job.labels, job.emit);
  const run = { job, record, gate: projectGateFor(job), tools: imageToolsFor(job) };
  return runToEnd({ record, target: job.target, signal: job.signal }, () => importWithProjects(run));
}

/** Tells at the end which projects the run created, which it had to do without and which are full, however it ended. */
async function importWithProjects(run: ImportRun): Promise<void> {
  try {
    await importAll(run);
  } finally {
    for (const note of run.gate.notes()) await run.record.note(note);
    for (const problem of run.gate.problems()) await run.record.problem(problem);
    await run.record.tellFullProjects();
  }
}

async function importAll(run: ImportRun): Promise<void> {
  const { job, record } = run;
  const { target, signal } = job;
  record.stage('read');
  await requireStateSpace(job.stateDir, job.freeBytes, { signal });
  const onlyOci = await takesOnlyOci(job);
  const { read, forecasts } =
    onlyOci || mustDecideFirst(job) ? await decideThenSend(run, onlyOci) : await sendWhileReading(run);
  try {
    await target.flush({ signal });
    for (const note of namingNotes(job.rules)) await record.note(note);
    await noteNothingToImport(run, read);
    await nameImported(run, read, forecasts);
  } catch (error) {
    await recordNotReached(run, read, error);
    throw error;
  }
}

/** Writes the names of what was sent: tags, then charts. */
async function nameImported(
  run: ImportRun,
  read: readonly ReadPackage[],
  forecasts: ImportForecast['forecasts'],
): Promise<void> {
  const { job, tools } = run;
  if (!tools) {
    await publishImportedCharts(run, read, { jobs: [], outcomes: new Map() });
    return;
  }
  const tags = await writeImportedTags(run, tools, read, forecasts);
  await job.target.flush({ signal: job.signal });
  try {
    await publishImportedCharts(run, read, tags);
  } finally {
    // every tag that was written is read again, also when publishing the charts failed
    if (!job.signal.aborted) await sweepImportedTags(run, tags);
  }
  await noteConversions(run, tags);
  await recordMissingPlatforms(run, tags);
}

/**
 * True where a plan, a `stop` policy or a blob that a delta leaves out may forbid the import, and where images or platforms are
 * selected: which blobs belong to them is known only after their package was read.
 */
function mustDecideFirst({ request, selection, heads }: ImportJob): boolean {
  if (heads.some((head) => head !== null && head.absent.size > 0)) return true;
  if (request.plan || request.onChange === 'stop' || request.onChartChange === 'stop') return true;
  return selection.images.length + selection.platforms.length > 0;
}

/** True where the registry takes no Docker media types and images are not converted: then nothing is sent before it is known what they have. */
async function takesOnlyOci({ request, target, signal }: ImportJob): Promise<boolean> {
  return !request.target.convertToOci && (await target.refusesDockerTypes({ signal }));
}

/** Looks at all packages, decides about every tag and chart, and sends blobs only when nothing forbids the import. */
async function decideThenSend(run: ImportRun, onlyOci: boolean): Promise<Delivered> {
  const { job, record, tools } = run;
  const { request } = job;
  const read: ReadPackage[] = [];
  for (const [at, source] of job.sources.entries()) {
    const looking = lookingOptions(job, job.pause);
    const one =
      (await recalledPackage(source, at, looking)) ??
      (await firstPass(source, at, null, { ...looking, onlyOci }));
    read.push(one);
    await recordPackage(run, one);
  }
  requireSelected(read, request.selection);
  const charts = request.target.noCharts ? null : chartDeciderOf(job);
  const tellsImmutable = request.plan !== undefined;
  const forecast = await forecastImport(
    { ...job, gate: run.gate, tags: tools, charts, tellsImmutable },
    read,
  );
  if (request.plan) followPlan(request.plan, assemblePlan({ ...job, read, forecast }));
  stopOnChanges(forecast, request);
  await stopAtObstacles(run, forecast);
  if (!tools) return { read, forecasts: forecast.forecasts };
  record.stage('read');
  const sent = await sendNeededBlobs(run, tools, read, new Set(read), forecast);
  return { read: sent, forecasts: forecast.forecasts };
}

/** Throws the first obstacle; the others are recorded. */
async function stopAtObstacles({ record }: ImportRun, { obstacles }: ImportForecast): Promise<void> {
  const [first, ...others] = obstacles;
  for (const problem of others) await record.problem(problem);
  if (first) throw first;
}

/** Sends the blobs of each package while it is read. A package that is known already is sent afterwards, only what is needed. */
async function sendWhileReading(run: ImportRun): Promise<Delivered> {
  const { job, record, tools } = run;
  const looking = lookingOptions(job, job.pause);
  const read: ReadPackage[] = [];
  const known = new Set<ReadPackage>();
  for (const [at, source] of job.sources.entries()) {
    const recalled = await recalledPackage(source, at, looking);
    if (recalled) known.add(recalled);
    const scarce = recalled ? null : await scarceSpace(job.target, source, job.freeBytes, job);
    if (scarce) await record.note(scarce);
    const one =
      recalled ??
      (tools
        ? await sendPackage(source, at, sendingOptions(run, tools))
        : await lookAtPackage(source, at, looking));
    read.push(one);
    await recordPackage(run, one);
  }
  requireSelected(read, job.request.selection);
  if (!tools || known.size === 0) return { read, forecasts: new Map() };
  const isAllKnown = known.size === read.length;
  const forecast = await forecastImport(
    { ...job, gate: run.gate, tags: tools, charts: null, tellsImmutable: false },
    read,
  );
  // once data of any package was sent, a missing project or full disk has shown as a failed upload
  if (isAllKnown) await stopAtObstacles(run, forecast);
  record.stage('read');
  const sent = await sendNeededBlobs(run, tools, read, known, forecast);
  return { read: sent, forecasts: forecast.forecasts };
}

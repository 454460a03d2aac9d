// The order of an undo: charts are removed before the tags that they name and restored after them; a folder is tidied last.
import type { Report, RunEvent } from '../contract.js';
import { AppError } from '../errors.js';
import type { ConnectedTarget } from '../target/connect.js';
import { runToEnd } from '../run/run-to-end.js';
import type { Counters } from '../run/base/counters.js';
import type { Journal } from '../journal/journal.js';
import type { PauseGate } from '../flow/pause-gate.js';
import { RunRecord } from '../run/base/run-record.js';
import { undoCharts } from './undo-charts.js';
import { expectUnusedContent, tidyFolder } from './undo-folder.js';
import type { PlannedChart, UndoJob } from './undo-job.js';
import { stayingWithCharts, type PlannedUndo } from './undo-plan.js';
import { undoTags, type UndoStage } from './undo-tags.js';

export interface UndoRun {
  readonly job: UndoJob;
  readonly planned: PlannedUndo;
  readonly journal: Journal;
  readonly counters: Counters;
  readonly pause: PauseGate;
  readonly emit: (event: RunEvent) => void;
}

/** Carries out a planned undo and writes its journal to the end. Throws defects only. */
export async function undoRuns(run: UndoRun): Promise<Report['result']> {
  const { job, journal, counters, emit } = run;
  const record = new RunRecord(journal, counters, [], emit);
  return runToEnd({ record, target: job.target, signal: job.signal }, () => work(run, record));
}

async function work({ job, planned, journal, pause }: UndoRun, record: RunRecord): Promise<void> {
  const { target, signal } = job;
  const sourcesOf = sourcesIn(job);
  const refusals = { tag: 'undo.tag-cannot-be-removed', chart: 'undo.chart-cannot-be-removed' } as const;
  const stage: UndoStage = { journal, record, kept: job.kept, sourcesOf, pause, refusals, signal };
  for (const problem of planned.problems) await record.note(problem);
  if (planned.tags.length + planned.charts.length === 0) {
    await record.note(new AppError('undo.nothing-to-do', { origin: 'config' }));
  }
  // an undo of this undo that is limited to charts needs these lines
  for (const entry of job.runs.flatMap(({ entries }) => entries)) {
    if (entry.type !== 'chart-images') continue;
    const { type, repo, name, version, images } = entry;
    await journal.append({ type, repo, name, version, images });
  }
  const [going, coming] = [
    planned.charts.filter((chart) => chart.action !== 'restore'),
    planned.charts.filter((chart) => chart.action === 'restore'),
  ];
  await expectUnusedContent(job);
  const staying = await charts(going, target, stage);
  record.stage('tags');
  if (target.images) await undoTags(stayingWithCharts(job, planned.tags, staying), target.images, stage);
  await target.flush({ signal });
  await charts(coming, target, stage);
  await tidyFolder(job, planned.charts);
}

async function charts(
  some: readonly PlannedChart[],
  target: ConnectedTarget,
  stage: UndoStage,
): Promise<readonly PlannedChart[]> {
  if (some.length === 0) return [];
  stage.record.stage('charts');
  const staying = await undoCharts(some, stage);
  await target.flush(stage);
  return staying;
}

function sourcesIn({ runs }: UndoJob): (target: string) => readonly string[] {
  const sources = new Map<string, readonly string[]>();
  for (const entry of runs.flatMap(({ entries }) => entries)) {
    if (entry.type === 'image' && entry.sources.length > 0) sources.set(entry.target, entry.sources);
  }
  return (target) => sources.get(target) ?? [];
}

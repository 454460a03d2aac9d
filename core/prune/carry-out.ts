// Carries out a planned prune: charts first, then the tags that only they named, then what only these tags led to.
import type { PruneChart, PrunePlan, PruneTag, Report } from '../contract.js';
import { toProblem } from '../errors.js';
import type { PauseGate } from '../flow/pause-gate.js';
import type { Journal } from '../journal/journal.js';
import type { Counters } from '../run/base/counters.js';
import { RunRecord } from '../run/base/run-record.js';
import { runToEnd } from '../run/run-to-end.js';
import { undoCharts } from '../undo/undo-charts.js';
import type { PlannedChart as ChartToUndo, PlannedTag as TagToUndo } from '../undo/undo-job.js';
import { undoTags, type UndoStage } from '../undo/undo-tags.js';
import type { PlannedChart, PlannedPrune, PlannedTag, PruneJob } from './prune-job.js';
import { expectUnusedContent, removeUnusedManifests } from './unused-manifests.js';

export interface PruneRun {
  readonly job: PruneJob;
  readonly planned: PlannedPrune;
  readonly journal: Journal;
  readonly counters: Counters;
  readonly pause: PauseGate;
}

/** Writes the journal to the end. Failures of one item are in its rows. Throws defects only. */
export async function carryOutPrune(run: PruneRun): Promise<Report['result']> {
  const { job, journal, counters } = run;
  const record = new RunRecord(journal, counters, [], job.emit);
  return runToEnd({ record, target: job.target, signal: job.signal }, () => work(run, record));
}

async function work({ job, planned, journal, pause }: PruneRun, record: RunRecord): Promise<void> {
  const { target, signal, kept } = job;
  const stage: UndoStage = {
    ...{ journal, record, kept, pause, signal },
    sourcesOf: () => [],
    refusals: { tag: 'prune.tag-cannot-be-removed', chart: 'prune.chart-cannot-be-removed' },
  };
  for (const problem of planned.problems) await record.problem(problem);
  // an undo of this prune that is limited to charts needs these lines
  for (const { row, images } of planned.charts) {
    if (row.action === 'remove') {
      const { repo, name, version } = row;
      await journal.append({ type: 'chart-images', repo, name, version, images });
    }
  }
  record.stage('charts');
  const leaving = planned.charts.filter(({ row }) => isTold(row));
  const staying = await undoCharts(
    leaving.map((chart) => chartRemoval(chart, journal.run)),
    stage,
  );
  await target.flush({ signal });
  const needed = new Set(
    planned.charts.flatMap(({ row, images }) =>
      staying.some(
        ({ url, name, version }) => url === row.url && name === row.name && version === row.version,
      )
        ? images
        : [],
    ),
  );
  record.stage('tags');
  const tags = planned.tags.filter(({ row }) => isTold(row) && !needed.has(row.target));
  if (!target.images) return;
  const going = tags.flatMap(({ row: { target: name, action }, place, now }) =>
    action === 'remove' && now ? { target: name, place, now } : [],
  );
  await expectUnusedContent(going, target.images, job);
  await undoTags(
    tags.map((tag) => tagRemoval(tag, journal.run)),
    target.images,
    stage,
  );
  await target.flush({ signal });
  const gone = journal.entries.flatMap((entry) =>
    entry.type === 'image' && entry.action === 'replace' && entry.after === null ? entry.target : [],
  );
  const removed = going.filter((tag) => gone.includes(tag.target));
  await removeUnusedManifests([...removed, ...planned.untagged], planned.pins, target.images, job);
}

/** What stays because it is used, or was left out, is no row of the report. */
function isTold({ action, reason }: PruneChart | PruneTag): boolean {
  return action === 'remove' || reason === 'cannot-remove' || reason === 'unreadable';
}

/** A chart that is removed, or told as failed, as an undo does it. */
function chartRemoval({ row, charts, now }: PlannedChart, run: string): ChartToUndo {
  const { repo, url, name, version, problem } = row;
  const isGoing = row.action === 'remove';
  return {
    ...{ repo, url, name, version, charts, now, run, former: null, problem },
    action: isGoing ? 'remove' : 'leave',
    reason: isGoing ? 'removed' : 'unreadable',
  };
}

/** A tag that is removed, or told as failed, as an undo does it. */
function tagRemoval({ row, place, now }: PlannedTag, run: string): TagToUndo {
  const isGoing = row.action === 'remove';
  return {
    ...{ ...place, target: row.target, run, now, former: null, then: null, missing: [] },
    action: isGoing ? 'remove' : 'leave',
    reason: isGoing ? 'removed' : row.reason === 'unreadable' ? 'unreadable' : 'cannot-remove',
    problem: row.problem,
  };
}

/** The plan as plain JSON. */
export function prunePlanOf({ target, keep }: PruneJob, { charts, tags, problems }: PlannedPrune): PrunePlan {
  return {
    schema: 'archbridge.prune-plan/1',
    target: target.summary,
    keep,
    charts: charts.map(({ row }) => row),
    tags: tags.map(({ row }) => row),
    problems: problems.map((problem) => toProblem(problem)),
  };
}

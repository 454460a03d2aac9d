// Publishes the charts of a run, several at a time: each repository by itself, so that one that is away does not stop the others.
import type { Problem } from '../../contract.js';
import { AppError, toProblem } from '../../errors.js';
import { throwIfAborted } from '../../flow/cancel.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import { CHARTS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { ChartTarget } from '../../ports/chart-target.js';
import type { ChartRow } from '../../journal/journal.js';
import type { OfferedChart } from '../base/offered-chart.js';
import type { RunRecord } from '../base/run-record.js';
import { rowOf, type ChartWriter } from './chart-writer.js';
import { reasonOf, type Publication } from './publish-charts.js';

export interface Publishing extends Cancellable {
  readonly writer: Pick<ChartWriter, 'publish'>;
  readonly record: Pick<RunRecord, 'chart'>;
  readonly pause: PauseGate;
}

/** What ended the publishing to one repository. */
interface Ending {
  readonly error: unknown;
}

/**
 * Publishes each chart to each repository and records a row for each, whatever happens: a failure of one chart is in its row, and
 * where a repository ends the run (it stays away, it refuses the login) its other charts get rows that say so, while the other
 * repositories go on. Throws the first such failure when all is done.
 */
export async function publishCharts(
  publications: readonly Publication[],
  publishing: Publishing,
): Promise<void> {
  const queues = new Map<string, Publication[]>();
  for (const one of publications) {
    const { chart, url, target, action, problem } = one;
    if (target !== null && action === 'publish') addTo(queues, url, one);
    else {
      const row = rowOf(chart, url, action, null, null, problem && toProblem(problem));
      await publishing.record.chart({ ...row, reason: reasonOf(action) });
    }
  }
  const endings = await Promise.all([...queues.values()].map((queue) => publishTo(queue, publishing)));
  throwIfAborted(publishing.signal);
  const [ending] = endings.flat();
  if (ending) throw ending.error;
}

/** Publishes to one repository; what ended it early is given back. */
async function publishTo(
  publications: readonly Publication[],
  { writer, record, pause, signal }: Publishing,
): Promise<readonly Ending[]> {
  const endings: Ending[] = [];
  const publish = async ({ chart, target, url }: Publication): Promise<ChartRow> => {
    if (target && endings.length === 0 && !signal.aborted) {
      try {
        await pause.passed({ signal });
        return await writer.publish(chart, target);
      } catch (error) {
        endings.push({ error });
      }
    }
    const cause = endings[0]?.error;
    const problem = cause instanceof AppError && !signal.aborted ? toProblem(cause) : null;
    return notReachedRow(chart, url, problem);
  };
  // Two folders of a package may hold the same chart: the second is compared with what the first has published.
  const places = new Map<string, Publication[]>();
  for (const one of publications)
    addTo(places, one.target?.placeOf(one.chart.name, one.chart.version) ?? '', one);
  const [first] = publications;
  try {
    await forEachLimited(
      places.values(),
      first?.target ? placesAtATime(first.target) : 1,
      async (ofPlace) => {
        for (const one of ofPlace) await record.chart(await publish(one));
      },
    );
  } catch (error) {
    endings.push({ error });
  }
  return endings;
}

/** The row of a chart that was not published because the run ended before; `problem` is what ended it, null where a person did. */
export function notReachedRow(chart: OfferedChart, url: string, problem: Problem | null): ChartRow {
  return { ...rowOf(chart, url, 'failed', null, null, problem), reason: 'not-reached' };
}

function addTo(groups: Map<string, Publication[]>, key: string, one: Publication): void {
  const group = groups.get(key);
  if (group) group.push(one);
  else groups.set(key, [one]);
}

/** A folder's index is rewritten for all charts together, so its charts are written one after the other. */
function placesAtATime({ kind }: ChartTarget): number {
  return kind === 'folder' ? 1 : CHARTS_AT_A_TIME;
}

// Publishes charts after all packages were read and all tags written, so that their values point to what the target serves.
import type { ChartAction, Problem } from '../../contract.js';
import { digestOf } from '../../content/digest.js';
import { AppError, toProblem } from '../../errors.js';
import type { ChartTarget } from '../../ports/chart-target.js';
import type { ChartDecider, ChartDecision } from './chart-decider.js';
import type { Counters } from '../base/counters.js';
import type { ChartRow, Journal } from '../../journal/journal.js';
import type { OfferedChart } from '../base/offered-chart.js';
import { concernsOneItem } from '../base/run-ending.js';

export interface ChartWriterOptions {
  readonly decider: ChartDecider;
  readonly journal: Journal;
  readonly counters: Counters;
  /** Digest of the archive that a plan found in a repository, null for none; undefined where no plan is carried out. */
  readonly plannedOn: (chart: OfferedChart, url: string) => string | null | undefined;
  readonly signal: AbortSignal;
}

/** Decides about a chart and publishes it. */
export class ChartWriter {
  readonly #options: ChartWriterOptions;

  constructor(options: ChartWriterOptions) {
    this.#options = options;
  }

  /** Publishes one chart to one repository. Errors about this chart alone are in the row; errors that end the run are thrown. */
  async publish(chart: OfferedChart, target: ChartTarget): Promise<ChartRow> {
    const { counters, decider, signal } = this.#options;
    counters.working(`${chart.name} ${chart.version}`);
    try {
      return await this.#write(chart, target, await decider.decide(chart, target));
    } catch (error) {
      if (!concernsOneItem(error, { signal })) throw error;
      return rowOf(chart, target.url, 'failed', null, null, toProblem(error));
    }
  }

  async #write(chart: OfferedChart, target: ChartTarget, decision: ChartDecision): Promise<ChartRow> {
    const { signal, journal, counters } = this.#options;
    const { name, version } = chart;
    const { action, present, archive, problem } = decision;
    const { url } = target;
    const planned = this.#options.plannedOn(chart, url);
    const now = present && digestOf(present.archive);
    if (planned !== undefined && planned !== now) {
      const params = { name, version, url, planned: planned ?? '-', found: now ?? '-' };
      const changed = new AppError('plan.chart-changed', { origin: 'chart-repo', params });
      return rowOf(chart, url, 'blocked', now, null, toProblem(changed));
    }
    if (archive === null) {
      const held = action === 'blocked' || !present ? null : digestOf(present.archive);
      return rowOf(chart, url, action, held, null, problem && toProblem(problem));
    }
    const before = present ? await journal.keepChart(present) : null;
    // the journal must hold the former chart before it is overwritten, so that an undo can put it back
    const { names } = target;
    if (names) await journal.keepNameList(url, () => names.read({ signal }));
    const next = digestOf(archive);
    await journal.append({ type: 'chart-writing', repo: chart.folder, url, name, version, before, next });
    await journal.commit();
    try {
      await target.putChart({ name, version, archive, provenance: null }, { signal });
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'chart-repo.refuses-overwrite') throw error;
      // the chart stays; if it pins the digest of one platform, nodes of other platforms cannot start it
      return rowOf(chart, url, decision.isPinned ? 'failed' : 'conflict', null, null, toProblem(error));
    }
    counters.chartBytesSent += archive.length;
    return rowOf(chart, url, action, next, before, null);
  }
}

/** The row of a chart in one repository, for journal and report. */
export function rowOf(
  { folder, name, version }: OfferedChart,
  url: string,
  action: ChartAction,
  digest: string | null,
  before: string | null,
  problem: Problem | null,
): ChartRow {
  return { repo: folder, url, name, version, action, reason: '', digest, before, problem };
}

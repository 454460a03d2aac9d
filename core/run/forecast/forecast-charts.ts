// What an import will do with each chart in each repository. Repositories are read; nothing is published.
import type { ChartChangePolicy, PlanChart } from '../../contract.js';
import { digestOf } from '../../content/digest.js';
import { AppError, toProblem } from '../../errors.js';
import { chartDecision } from '../../plan/planned-choices.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import type { ChartDecider, ChartDecision } from '../charts/chart-decider.js';
import { reasonOf, type Publication } from '../charts/publish-charts.js';
import { concernsOneItem } from '../base/run-ending.js';
import { forEachLimited } from '../../flow/task-pool.js';

export interface ChartForecasting {
  readonly decider: ChartDecider;
  readonly policy: ChartChangePolicy;
  /** Whether the tag of a chart in an OCI registry, which exists, may not be overwritten. */
  readonly isImmutable: (place: OciPlace) => Promise<boolean>;
  /** Called after each chart. */
  readonly onDone: () => void;
  readonly signal: AbortSignal;
}

/** One row for each publication, in their order. Failures of one chart are in its row; failures that end the run are thrown. */
export async function forecastCharts(
  publications: readonly Publication[],
  forecasting: ChartForecasting,
): Promise<readonly PlanChart[]> {
  const rows = new Map<Publication, PlanChart>();
  await forEachLimited(publications, QUESTIONS_AT_A_TIME, async (publication) => {
    forecasting.signal.throwIfAborted();
    rows.set(publication, await forecastChart(publication, forecasting));
    forecasting.onDone();
  });
  return publications.flatMap((publication) => rows.get(publication) ?? []);
}

async function forecastChart(publication: Publication, forecasting: ChartForecasting): Promise<PlanChart> {
  const { chart, target, action, problem } = publication;
  if (target === null || action !== 'publish') {
    if (chart.isUnreadable) return rowFor(publication, 'failed', problem);
    const planned = action === 'conflict' || action === 'skip' ? action : 'blocked';
    return { ...rowFor(publication, planned, problem), reason: reasonOf(action) };
  }
  try {
    const { decider, policy } = forecasting;
    const decision = await decider.decide(chart, target);
    const place = decision.action === 'replace' ? ociPlace(publication) : null;
    if (place && (await forecasting.isImmutable(place))) return refused(publication, decision);
    return {
      ...rowFor(publication, decision.action, decision.problem),
      decision: decision.isChanged ? chartDecision(decision.action, policy) : null,
      before: decision.present && digestOf(decision.present.archive),
      changes: decision.changes.map(({ path, from, to }) => ({ path: path.join('.'), from, to })),
      bytes: decision.bytes,
    };
  } catch (error) {
    if (!concernsOneItem(error, forecasting)) throw error;
    return rowFor(publication, 'blocked', error);
  }
}

function rowFor(
  { chart, url }: Publication,
  action: PlanChart['action'],
  problem: AppError | null,
): PlanChart {
  const { folder: repo, name, version } = chart;
  const nothing = { reason: '', decision: null, before: null, changes: [], bytes: 0 };
  return { repo, url, name, version, action, ...nothing, problem: problem && toProblem(problem) };
}

/** Where a chart lies in an OCI registry. */
export interface OciPlace {
  readonly host: string;
  readonly repository: string;
  readonly tag: string;
}

/** Null for a chart repository that is no OCI registry. */
function ociPlace({ url, chart, target }: Publication): OciPlace | null {
  const [, host, path = ''] = /^oci:\/\/([^/]+)\/?(.*?)\/?$/.exec(url) ?? [];
  const [name, tag] = target?.placeOf(chart.name, chart.version).split(':') ?? [];
  if (host === undefined || name === undefined || tag === undefined) return null;
  return { host, repository: path === '' ? name : `${path}/${name}`, tag };
}

/** As the import reports a chart that its repository refuses to overwrite. */
function refused(publication: Publication, { present, isPinned }: ChartDecision): PlanChart {
  const { url, chart } = publication;
  const params = { url, chart: `${chart.name} ${chart.version}` };
  const problem = new AppError('chart-repo.refuses-overwrite', { origin: 'chart-repo', params });
  const before = present && digestOf(present.archive);
  return { ...rowFor(publication, isPinned ? 'blocked' : 'conflict', problem), before };
}

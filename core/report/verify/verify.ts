// The proof: reads back everything that a target should serve and lists what is wrong.
import type { Problem, Proof, ProofChart, ProofImage, RunEvent } from '../../contract.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import { AppError, toProblem } from '../../errors.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { ChartOpening, ConnectedTarget } from '../../target/connect.js';
import type { ImageTarget } from '../../ports/image-target.js';
import { BlobProofs } from './blob-proofs.js';
import type { Expected, ExpectedChart } from './expected.js';
import type { RunHistory } from '../reading/run-history.js';
import { ServedReader } from '../reading/served.js';
import { proveChart, type ReadImages } from './verify-charts.js';
import { unique } from './verify-run.js';
import { proveTag } from './verify-tags.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { CHARTS_AT_A_TIME, TAGS_AT_A_TIME } from '../../flow/limits.js';
import { compareText } from '../../content/text-order.js';

export interface ProofTask {
  readonly expected: Expected;
  /** The chart repositories, and the name of the target in the report. */
  readonly target: Pick<ConnectedTarget, 'chartsFor' | 'summary'>;
  /** The account that images are read with; null without images. */
  readonly images: ImageTarget | null;
  readonly readAs: string;
  readonly rules: NamingRules;
  readonly history: RunHistory;
  /** Hash the content of every blob instead of comparing sizes. */
  readonly full: boolean;
  readonly requirePlatforms: readonly string[];
  readonly emit: (event: RunEvent) => void;
  readonly signal: AbortSignal;
}

/** Limits of concurrency: a tag takes about five requests, a chart some more. */

/** Reads everything back. Throws only errors that end the whole proof: no connection, no login. */
export async function prove(task: ProofTask): Promise<Proof> {
  const { expected, target, full, readAs, signal, emit } = task;
  emit({ type: 'stage', stage: 'verify' });
  const images = task.images && { target: task.images, reader: new ServedReader(task.images, { signal }) };
  const total = (images ? expected.tags.length : 0) + expected.charts.length;
  let done = 0;
  const advance = (): void => {
    done += 1;
    emit({ type: 'surveyed', done, total });
  };
  const tags = await proveTags(task, images, advance);
  const charts = await proveCharts(task, images, advance);
  return {
    schema: 'archbridge.proof/1',
    ok: [...tags.rows, ...charts.rows].every((one) => one.ok) && expected.problems.length === 0,
    depth: full ? 'content' : 'sizes',
    readAs,
    made: new Date().toISOString(),
    target: target.summary,
    images: tags.rows,
    charts: charts.rows,
    checked: tags.checked,
    problems: expected.problems,
    notes: unique([...expected.notes, ...tags.notes, ...charts.notes]),
  };
}

type Reading = ReadImages & { readonly target: ImageTarget };

async function proveTags(
  { expected, full, history, requirePlatforms, signal }: ProofTask,
  images: Reading | null,
  advance: () => void,
): Promise<Pick<Proof, 'checked' | 'notes'> & { readonly rows: readonly ProofImage[] }> {
  if (!images) return { rows: [], checked: { blobs: 0, bytes: 0 }, notes: [] };
  const blobs = new BlobProofs(images.target, full, { signal });
  const rows: ProofImage[] = [];
  const notes: Problem[] = [];
  await forEachLimited(expected.tags, TAGS_AT_A_TIME, async (tag) => {
    signal.throwIfAborted();
    const proof = await proveTag(tag, { ...images, blobs, history, requirePlatforms, signal });
    rows.push(proof.row);
    notes.push(...proof.notes.map((note) => toProblem(note)));
    advance();
  });
  rows.sort((a, b) => compareText(a.target, b.target));
  return { rows, checked: blobs.checked, notes };
}

async function proveCharts(
  { expected, target, rules, history, signal }: ProofTask,
  images: ReadImages | null,
  advance: () => void,
): Promise<{ readonly rows: readonly ProofChart[]; readonly notes: readonly Problem[] }> {
  const rows: ProofChart[] = [];
  const notes: Problem[] = [];
  await forEachLimited(expected.charts, CHARTS_AT_A_TIME, async (chart) => {
    signal.throwIfAborted();
    const options = { images, rules, tags: expected.tags, history, signal };
    for (const opening of await openingsFor(chart, target, { signal })) {
      const row = await proveChart(chart, opening, options);
      if (row) rows.push(row);
      else notes.push(notPublished(chart));
    }
    advance();
  });
  const name = ({ repo, name, version, url }: ProofChart): string => [repo, name, version, url].join(' ');
  rows.sort((a, b) => compareText(name(a), name(b)));
  return { rows, notes };
}

/** The repositories that must hold the chart. A repository that this target does not name gives a finding. */
async function openingsFor(
  { repo, url, name, version }: ExpectedChart,
  target: ProofTask['target'],
  options: Cancellable,
): Promise<readonly ChartOpening[]> {
  const openings = await target.chartsFor(repo, options);
  const meant = openings.filter((one) => url === null || one.url === url || ownUrl(one) === url);
  if (meant.length > 0) return meant;
  const params = { chart: `${name} ${version}`, url: url ?? '', folder: repo };
  const code = url === null ? 'run.chart-without-repository' : 'verify.other-repository';
  return [{ url: url ?? '', problem: new AppError(code, { origin: 'config', params }) }];
}

/** The repository with this URL. Connections normalise their URL, and journals hold the normalised form. */
function ownUrl(opening: ChartOpening): string {
  return 'charts' in opening ? opening.charts.url : opening.url;
}

function notPublished({ name, version }: ExpectedChart): Problem {
  const params = { chart: `${name} ${version}` };
  return toProblem(new AppError('verify.chart-left-out', { origin: 'package', params }));
}

// The `stop` policies: everything is looked at before anything is sent, and one change is enough to send nothing.
import { AppError } from '../errors.js';
import type { ImageTarget } from '../target/image-target.js';
import { referenceIn } from '../target/place.js';
import { throwIfAborted } from './cancel.js';
import type { ChartOpening } from '../target/connect.js';
import type { ChartDecider } from './chart-decider.js';
import { publicationsOf, usableCharts } from './publish-charts.js';
import type { ReadPackage } from './read-packages.js';
import type { Spool } from './spool.js';
import { tagInputs, tagJobs, type PackageLabel } from './tag-jobs.js';
import type { TagDecider } from './tag-decider.js';
import { forEachLimited } from './task-pool.js';
import { TAGS_AT_A_TIME } from './write-tags.js';

/** Names in the message; the rest is counted. */
const NAMED = 10;

export interface LookAhead {
  readonly target: ImageTarget | null;
  readonly labels: readonly PackageLabel[];
  readonly spool: Spool;
  /** Null where changed images do not stop the run. */
  readonly tags: TagDecider | null;
  /** Null where changed charts do not stop the run. */
  readonly charts: ChartDecider | null;
  readonly targetsFor: (folder: string) => Promise<readonly ChartOpening[]>;
  readonly acceptUnproven: boolean;
  readonly signal: AbortSignal;
}

/** Throws `run.stopped-by-policy` when a tag serves a platform with another image, or a chart version has other content. */
export async function stopOnChanges(read: readonly ReadPackage[], ahead: LookAhead): Promise<void> {
  const found = [...(await changedTags(read, ahead)), ...(await changedCharts(read, ahead))].sort();
  if (found.length === 0) return;
  const items = found.slice(0, NAMED).join(', ') + (found.length > NAMED ? ', …' : '');
  throw new AppError('run.stopped-by-policy', { origin: 'app', params: { count: found.length, items } });
}

async function changedTags(read: readonly ReadPackage[], ahead: LookAhead): Promise<readonly string[]> {
  const { target, tags, labels, spool, signal } = ahead;
  if (!tags || !target) return [];
  const found: string[] = [];
  const offers = read.flatMap((one) => [...one.harvest.offers.values()]);
  await forEachLimited(tagJobs(offers, labels), TAGS_AT_A_TIME, async (job) => {
    throwIfAborted(signal);
    const inputs = await tagInputs(job, labels, spool);
    const { decision } = await tags.decide(job.repository, job.tag, inputs);
    const isChanged = decision.rows.some((row) => row.action === 'conflict') || job.conflicting.length > 0;
    if (isChanged) found.push(referenceIn(target, job));
  });
  return found;
}

async function changedCharts(read: readonly ReadPackage[], ahead: LookAhead): Promise<readonly string[]> {
  const { charts, labels, acceptUnproven, targetsFor, signal } = ahead;
  if (!charts) return [];
  const found: string[] = [];
  const usable = usableCharts(read, acceptUnproven);
  for (const { chart, url, target, action } of await publicationsOf(usable, labels, targetsFor, { signal })) {
    throwIfAborted(signal);
    const isReady = target !== null && action === 'publish';
    const becomes = isReady ? (await charts.decide(chart, target)).action : action;
    if (becomes === 'conflict') found.push(`${chart.name} ${chart.version} (${url})`);
  }
  return found;
}

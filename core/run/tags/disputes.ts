// Finds images of different sources that would share a tag. The problem names both sources, and options that give them different
// names.
import { formatReference, parseReference, type Reference } from '../../content/reference.js';
import { partingOptions } from '../../chart/relocation/shared-names.js';
import { AppError, toProblem, type Problem } from '../../errors.js';
import { canonicalSource } from '../../plan/candidates.js';
import type { Reason } from '../../plan/reasons.js';
import { childKey } from '../../plan/tag-state.js';
import type { Offer } from '../base/offer.js';
import type { TagRow } from './tag-rows.js';

/** A tag with the images that the packages bring for it, as in `tagJobs`. */
interface Job {
  readonly repository: string;
  readonly tag: string;
  readonly chosen: readonly { readonly offer: Offer }[];
  readonly conflicting: readonly Offer[];
}

/** Why the image of this source was not written to `repository:tag`, when another source has that name; null otherwise. */
export type DisputeLookup = (repository: string, tag: string, source: Reference) => Problem | null;

/** The problem that packages of one version have different content for one name. */
export function packagesDiffer(name: string): AppError {
  return new AppError('run.packages-differ', { origin: 'package', params: { name } });
}

/** Why nothing was written for one of `job.conflicting`. `reference` is the tag with its host. */
export function conflictOf(
  job: Pick<Job, 'conflicting'>,
  offer: Offer,
  reference: string,
): { readonly reason: Extract<Reason, 'two-contents' | 'other-source'>; readonly problem: AppError } {
  const rivals = job.conflicting.filter((one) => childKey(one.platform) === childKey(offer.platform));
  if (!rivals.some((one) => rivals.some((other) => areOfOtherSources(one, other))))
    return { reason: 'two-contents', problem: packagesDiffer(reference) };
  const [first = '', ...others] = onePerSource(rivals.flatMap((one) => [...one.sources]));
  const problem = sourcesMeet('run.tag-sources-meet', [first], others, reference);
  return { reason: 'other-source', problem };
}

function areOfOtherSources(one: Offer, other: Offer): boolean {
  const isSameImage =
    one.manifest.digest === other.manifest.digest || one.config.digest === other.config.digest;
  return !isSameImage && !shareSource([...one.sources], [...other.sources]);
}

/** True when a source is in both lists, in any spelling. */
export function shareSource(some: readonly string[], others: readonly string[]): boolean {
  const known = new Set(others.map(canonicalSource));
  return some.some((source) => known.has(canonicalSource(source)));
}

/** The problem when a former run brought the image under the tag from `held` and the incoming one is from `incoming`. */
export function heldOfOtherSource(
  incoming: readonly string[],
  held: readonly string[],
  reference: string,
): AppError {
  return sourcesMeet('run.tag-other-source', onePerSource(incoming), onePerSource(held), reference);
}

function sourcesMeet(
  code: 'run.tag-sources-meet' | 'run.tag-other-source',
  some: readonly string[],
  others: readonly string[],
  target: string,
): AppError {
  const sources = [...some, ...others].flatMap((name) => parseReference(name) ?? []);
  const settings = partingOptions(sources, target.split('/', 1)[0] ?? '').join(', ');
  const params = { target, first: some.join(', '), second: others.join(', '), settings };
  return new AppError(code, { origin: 'package', params });
}

/** One spelling of each source, sorted. */
function onePerSource(spellings: readonly string[]): readonly string[] {
  return [...new Map(spellings.map((name) => [canonicalSource(name), name])).values()].sort();
}

/** Finds disputes in the outcomes of tags. `rowsFor` gives the rows of `job.chosen`, in their order. */
export function disputesAmong<T extends Job>(
  jobs: readonly T[],
  rowsFor: (job: T) => readonly TagRow[],
  referenceOf: (job: T) => string,
): DisputeLookup {
  const found = new Map<string, Problem>();
  for (const job of jobs) {
    const add = (offer: Offer, problem: Problem): void => {
      for (const source of offer.sources) found.set(`${nameOf(job)} ${canonicalSource(source)}`, problem);
    };
    for (const offer of job.conflicting) {
      const { reason, problem } = conflictOf(job, offer, referenceOf(job));
      if (reason === 'other-source') add(offer, toProblem(problem));
    }
    const rows = rowsFor(job);
    for (const [at, { offer }] of job.chosen.entries()) {
      const row = rows[at];
      if (row?.reason === 'other-source' && row.problem) add(offer, row.problem);
    }
  }
  return (repository, tag, source) =>
    found.get(`${nameOf({ repository, tag })} ${canonicalSource(formatReference(source))}`) ?? null;
}

function nameOf({ repository, tag }: Pick<Job, 'repository' | 'tag'>): string {
  return `${repository}:${tag}`;
}

// Which blobs the images of an import consist of, and which of them their repositories hold. The target is asked; nothing is sent.
import type { FigureBlob, FigureRow } from '../../contract.js';
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import { decisionOf } from '../../plan/change-policy.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { Offer } from '../base/offer.js';
import type { TagJob } from '../tags/tag-jobs.js';
import { STORES, type TagForecast } from '../tags/tag-rows.js';

/** The images that the target will serve: those to store, and those that it has already. */
export interface ServedOffers {
  readonly toStore: readonly Offer[];
  readonly present: readonly Offer[];
}

/** The blobs of all images of an import, each once, and which of them each image has and its repository holds. */
export interface BlobSurvey {
  readonly blobs: readonly FigureBlob[];
  /** The blobs of an image; empty for an image that no decision can store. */
  readonly of: (offer: Offer) => Pick<FigureRow, 'blobs' | 'held'>;
}

/** The survey of an import without images. */
export const NO_BLOBS: BlobSurvey = { blobs: [], of: () => ({ blobs: [], held: [] }) };

/** Sorts the images by the decisions about their tags. Images that are kept out belong to neither. */
export function servedOffers(
  jobs: readonly TagJob[],
  forecasts: ReadonlyMap<TagJob, TagForecast>,
): ServedOffers {
  const toStore: Offer[] = [];
  const present: Offer[] = [];
  for (const job of jobs) {
    const rows = forecasts.get(job)?.decision.rows ?? [];
    for (const [at, { offer }] of job.chosen.entries()) {
      const action = rows[at]?.action;
      if (action && STORES.has(action)) toStore.push(offer);
      if (action === 'skip') present.push(offer);
    }
  }
  return { toStore, present };
}

/** Images that a person may decide to store although the plan keeps what the tag has. */
function undecidedOffers(
  jobs: readonly TagJob[],
  forecasts: ReadonlyMap<TagJob, TagForecast>,
): readonly Offer[] {
  return jobs.flatMap((job) => {
    const rows = forecasts.get(job)?.decision.rows ?? [];
    return job.chosen.flatMap(({ offer }, at) => {
      const row = rows[at];
      return row && !STORES.has(row.action) && decisionOf(row.action, row.reason) !== null ? [offer] : [];
    });
  });
}

/** Images that the tag holds already, with the same config and perhaps with layers that were compressed in another way. */
function heldInOtherForm(
  jobs: readonly TagJob[],
  forecasts: ReadonlyMap<TagJob, TagForecast>,
): ReadonlySet<Offer> {
  const found = jobs.flatMap((job) => {
    const rows = forecasts.get(job)?.decision.rows ?? [];
    return job.chosen.flatMap(({ offer }, at) => (rows[at]?.reason === 'same-config' ? [offer] : []));
  });
  return new Set(found);
}

/** What is known of the blobs in the repositories of the target. */
export interface BlobKnowledge {
  /** Asks where it is not known yet. */
  has(repository: string, blob: Descriptor): Promise<boolean>;
  /** Repositories that are known to have it. */
  holdersOf(digest: Digest): readonly string[];
}

/**
 * Asks for each blob of each repository once. An import asks the same questions before it sends, so it knows the same holders: a blob
 * that any of these repositories has can be mounted in the others and is not sent.
 */
export async function surveyBlobs(
  jobs: readonly TagJob[],
  forecasts: ReadonlyMap<TagJob, TagForecast>,
  presence: BlobKnowledge,
  options: Cancellable,
): Promise<BlobSurvey> {
  const { toStore, present } = servedOffers(jobs, forecasts);
  const asked = new Map<string, { readonly repository: string; readonly blob: Descriptor }>();
  for (const offer of [...toStore, ...undecidedOffers(jobs, forecasts)]) {
    const { repository } = offer;
    for (const blob of offer.blobs) asked.set(`${repository} ${blob.digest}`, { repository, blob });
  }
  const held = new Set<string>();
  await forEachLimited(asked, QUESTIONS_AT_A_TIME, async ([key, { repository, blob }]) => {
    options.signal.throwIfAborted();
    if (await presence.has(repository, blob)) held.add(key);
  });
  const blobs: FigureBlob[] = [];
  const positions = new Map<Digest, number>();
  const positionOf = ({ digest, size }: Descriptor): number => {
    const known = positions.get(digest);
    if (known !== undefined) return known;
    positions.set(digest, blobs.length);
    return blobs.push({ digest, bytes: size }) - 1;
  };
  const rows = new Map<Offer, Pick<FigureRow, 'blobs' | 'held'>>();
  const inOtherForm = heldInOtherForm(jobs, forecasts);
  for (const offer of present) {
    const isHeld = ({ digest }: Descriptor): boolean =>
      !inOtherForm.has(offer) || presence.holdersOf(digest).includes(offer.repository);
    rows.set(offer, {
      blobs: [...new Set(offer.blobs.map(positionOf))],
      held: [...new Set(offer.blobs.filter(isHeld).map(positionOf))],
    });
  }
  for (const offer of [...toStore, ...undecidedOffers(jobs, forecasts)]) {
    const isHeld = ({ digest }: Descriptor): boolean => held.has(`${offer.repository} ${digest}`);
    rows.set(offer, {
      blobs: [...new Set(offer.blobs.map(positionOf))],
      held: [...new Set(offer.blobs.filter(isHeld).map(positionOf))],
    });
  }
  return { blobs, of: (offer) => rows.get(offer) ?? { blobs: [], held: [] } };
}

// Which blobs an import has to send after every tag is decided. The target is asked; nothing is sent.
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import type { BlobPresence } from '../upload/blob-presence.js';
import type { Offer } from '../base/offer.js';
import type { TagJob } from '../tags/tag-jobs.js';
import { STORES, type TagForecast } from '../tags/tag-rows.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';

/** Bytes of configs and layers; each blob counts once. */
export interface BlobNeeds {
  readonly bytesToSend: number;
  readonly bytesPresent: number;
  /** Bytes that several images share; the two numbers above count them once. */
  readonly bytesShared: number;
  /** Bytes that are new to a project (first segment of a repository). Its quota counts them, whether mounted or sent. */
  readonly bytesNewTo: ReadonlyMap<string, number>;
}

interface Place {
  readonly repository: string;
  readonly blob: Descriptor;
  isThere: boolean;
}

/** The images that the target will serve: those to store, and those that it has already. */
export interface ServedOffers {
  readonly toStore: readonly Offer[];
  readonly present: readonly Offer[];
}

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

/** Asks for each blob of each repository once. A blob that any repository has can be mounted in the others and is not sent. */
export async function blobNeeds(
  { toStore, present }: ServedOffers,
  presence: BlobPresence,
  options: Cancellable,
): Promise<BlobNeeds> {
  const places = new Map<string, Place>();
  for (const offer of toStore) {
    const { repository } = offer;
    for (const blob of offer.blobs)
      places.set(`${repository} ${blob.digest}`, { repository, blob, isThere: false });
  }
  await forEachLimited(places.values(), QUESTIONS_AT_A_TIME, async (place) => {
    options.signal.throwIfAborted();
    place.isThere = await presence.has(place.repository, place.blob);
  });
  const sizes = new Map<Digest, number>();
  let bytesOfImages = 0;
  for (const blobs of imagesOf([...toStore, ...present])) {
    for (const { digest, size } of blobs) {
      sizes.set(digest, size);
      bytesOfImages += size;
    }
  }
  let all = 0;
  for (const size of sizes.values()) all += size;
  let bytesToSend = 0;
  for (const { digest, size } of eachOnce([...places.values()].map((place) => place.blob))) {
    if (presence.holderOf(digest) === null) bytesToSend += size;
  }
  return {
    bytesToSend,
    bytesPresent: all - bytesToSend,
    bytesShared: bytesOfImages - all,
    bytesNewTo: bytesNewTo([...places.values()], presence),
  };
}

/** The blobs of each image. An image that several charts name, or that goes to several tags, counts once. */
function imagesOf(offers: readonly Offer[]): readonly (readonly Descriptor[])[] {
  const images = new Map<Digest, readonly Descriptor[]>();
  for (const offer of offers) images.set(offer.manifest.digest, eachOnce(offer.blobs));
  return [...images.values()];
}

function eachOnce(blobs: readonly Descriptor[]): readonly Descriptor[] {
  return [...new Map(blobs.map((blob) => [blob.digest, blob])).values()];
}

function bytesNewTo(places: readonly Place[], presence: BlobPresence): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  const counted = new Set<string>();
  for (const { repository, blob } of places) {
    const project = projectOf(repository);
    const key = `${project} ${blob.digest}`;
    const isHeld = presence.holdersOf(blob.digest).some((holder) => projectOf(holder) === project);
    if (!counted.has(key) && !isHeld) sums.set(project, (sums.get(project) ?? 0) + blob.size);
    counted.add(key);
  }
  return sums;
}

/** The first segment of a repository; in a registry with projects (Harbor) it names the project. */
export function projectOf(repository: string): string {
  return repository.split('/')[0] ?? '';
}

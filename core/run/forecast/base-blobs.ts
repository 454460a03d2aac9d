// A delta leaves out blobs that the site is said to have: finds out, before anything is sent or written, where they come from.
import type { NamingRules } from '../../chart/relocation/naming.js';
import { relocateName } from '../../chart/relocation/relocation.js';
import type { Descriptor } from '../../content/descriptor.js';
import type { Digest } from '../../content/digest.js';
import { parseReference } from '../../content/reference.js';
import { AppError } from '../../errors.js';
import { QUESTIONS_AT_A_TIME } from '../../flow/limits.js';
import { forEachLimited } from '../../flow/task-pool.js';
import type { AbsentBlob } from '../../package/packed/pack-list.js';
import type { PackHead } from '../../package/read-pack-head.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { TagReader } from '../../ports/tag-reader.js';
import { placeIn } from '../../target/place.js';
import type { Offer } from '../base/offer.js';
import type { ReadPackage } from '../pass/look-at-package.js';
import type { BlobPresence } from '../upload/blob-presence.js';

export interface BaseTask extends Cancellable {
  readonly read: readonly ReadPackage[];
  /** By the position of the package; null for what is no pack. */
  readonly heads: readonly (PackHead | null)[];
  readonly target: TagReader;
  readonly rules: NamingRules;
  readonly presence: BlobPresence;
  /** Blobs of a package that is not proven count, too. */
  readonly acceptUnproven: boolean;
}

/** A blob that a delta leaves out, that the target lacks and that another package of the import holds: that one sends it. */
export interface Loan {
  /** Positions of the packages. */
  readonly from: number;
  readonly to: number;
  readonly digest: Digest;
  /** Of the delta's image. */
  readonly repository: string;
}

export interface Bases {
  /** One (`run.base-missing`) for each delta of which neither the target nor another package of the import has a blob. */
  readonly problems: readonly AppError[];
  readonly loans: readonly Loan[];
}

export const NO_BASES: Bases = { problems: [], loans: [] };

interface Missing {
  readonly blob: Descriptor;
  readonly absent: AbsentBlob;
  readonly offer: Offer;
}

/**
 * Where the blobs come from that deltas leave out. A blob counts as there when the image's own repository has it, or one from which it
 * can be mounted: a repository that held it in the earlier version. Otherwise any package of the import brings it, before or behind the
 * delta, for which image and which name ever.
 */
export async function findBases(offers: readonly Offer[], task: BaseTask): Promise<Bases> {
  const asked = new Map<string, Missing>();
  for (const offer of offers) {
    const base = task.heads[offer.packageAt];
    if (!base) continue;
    for (const blob of offer.blobs) {
      const absent = base.absent.get(blob.digest);
      if (absent) asked.set(`${offer.repository} ${blob.digest}`, { blob, absent, offer });
    }
  }
  const lacking: Missing[] = [];
  await forEachLimited(asked.values(), QUESTIONS_AT_A_TIME, async (one) => {
    if (!(await isHeld(one, task))) lacking.push(one);
  });
  const lenders = lendersOf(lacking, offers, task);
  const missing = lacking.filter(({ blob }) => !lenders.has(blob.digest));
  const problems = task.heads.flatMap((base, at) => {
    const ofPackage = missing.filter(({ offer }) => offer.packageAt === at);
    return base && ofPackage.length > 0 ? [problemOf(base, ofPackage)] : [];
  });
  const loans = lacking.flatMap(({ blob: { digest }, offer: { packageAt: to, repository } }) => {
    const from = lenders.get(digest);
    return from === undefined ? [] : [{ from, to, digest, repository }];
  });
  return { problems, loans };
}

/** The package that brings each blob: one that sends it for an image of its own, else the first one that holds it. */
function lendersOf(
  lacking: readonly Missing[],
  offers: readonly Offer[],
  { read, acceptUnproven }: BaseTask,
): ReadonlyMap<Digest, number> {
  const wanted = new Set(lacking.map(({ blob }) => blob.digest));
  const lenders = new Map<Digest, number>();
  for (const [at, { problem, findings }] of read.entries()) {
    if (wanted.size === 0 || (problem && !acceptUnproven)) continue;
    const held = new Set([...findings.blobs.values()].flat().map(({ digest }) => digest));
    const own = offers.flatMap(({ packageAt, blobs }) => (packageAt === at ? blobs : []));
    const ofImages = new Set(own.map(({ digest }) => digest));
    for (const digest of wanted) {
      if (!held.has(digest)) continue;
      if (!lenders.has(digest) || ofImages.has(digest)) lenders.set(digest, at);
      if (ofImages.has(digest)) wanted.delete(digest);
    }
  }
  return lenders;
}

async function isHeld({ blob, absent, offer }: Missing, task: BaseTask): Promise<boolean> {
  const { presence, target } = task;
  if (await presence.has(offer.repository, blob)) return true;
  if (!target.blobsPerRepository) return false;
  for (const repository of placesOf(absent, task)) {
    if (await presence.has(repository, blob)) return true;
  }
  return presence.holderOf(blob.digest) !== null;
}

/** Repositories of the target that may hold the blob from the earlier version. */
function placesOf({ images, repositories }: AbsentBlob, { target, rules }: BaseTask): ReadonlySet<string> {
  const relocated = images.flatMap((image) => {
    const reference = parseReference(image);
    return reference ? [placeIn(target, relocateName(reference, rules)).repository] : [];
  });
  return new Set([...repositories, ...relocated]);
}

function problemOf({ file, packages }: PackHead, missing: readonly Missing[]): AppError {
  const blobs = new Map(missing.map((one) => [one.blob.digest, one]));
  const [first] = [...blobs.values()].sort((a, b) => (a.blob.digest < b.blob.digest ? -1 : 1));
  const from = new Set([...blobs.values()].flatMap(({ absent }) => absent.from));
  const params = {
    file,
    count: blobs.size,
    bytes: [...blobs.values()].reduce((sum, { blob }) => sum + blob.size, 0),
    digest: first?.blob.digest ?? '',
    image: first ? `${first.offer.repository}:${first.offer.tag}` : '',
    packages: [...(from.size > 0 ? from : packages)].join(', '),
  };
  return new AppError('run.base-missing', { origin: 'package', params });
}

// A delta leaves out blobs that the site is said to have: proves, before anything is sent or written, that the target holds them.
import type { NamingRules } from '../../chart/relocation/naming.js';
import { relocateName } from '../../chart/relocation/relocation.js';
import type { Descriptor } from '../../content/descriptor.js';
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
import type { BlobPresence } from '../upload/blob-presence.js';

export interface BaseTask extends Cancellable {
  /** By the position of the package; null for what is no pack. */
  readonly heads: readonly (PackHead | null)[];
  readonly target: TagReader;
  readonly rules: NamingRules;
  readonly presence: BlobPresence;
}

interface Missing {
  readonly blob: Descriptor;
  readonly absent: AbsentBlob;
  readonly offer: Offer;
}

/**
 * One problem (`run.base-missing`) for each delta of which the target lacks a blob. A blob counts as there when the image's own
 * repository has it, or one from which it can be mounted: a repository that held it in the earlier version, or that gets it from
 * another package of this run.
 */
export async function baseProblems(offers: readonly Offer[], task: BaseTask): Promise<readonly AppError[]> {
  const asked = new Map<string, Missing>();
  for (const offer of offers) {
    const base = task.heads[offer.packageAt];
    if (!base) continue;
    for (const blob of offer.blobs) {
      const absent = base.absent.get(blob.digest);
      if (absent) asked.set(`${offer.repository} ${blob.digest}`, { blob, absent, offer });
    }
  }
  const brought = broughtBy(offers, task.heads);
  const missing: Missing[] = [];
  await forEachLimited(asked.values(), QUESTIONS_AT_A_TIME, async (one) => {
    if (brought.has(`${String(one.offer.packageAt)} ${one.blob.digest}`)) return;
    if (!(await isHeld(one, task))) missing.push(one);
  });
  return task.heads.flatMap((base, at) => {
    const ofPackage = missing.filter(({ offer }) => offer.packageAt === at);
    return base && ofPackage.length > 0 ? [problemOf(base, ofPackage)] : [];
  });
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

/** `packageAt digest` of blobs that a package before that one brings in this run. */
function broughtBy(offers: readonly Offer[], heads: BaseTask['heads']): ReadonlySet<string> {
  const brought = new Set<string>();
  for (const offer of offers) {
    const own = heads[offer.packageAt]?.absent;
    for (const { digest } of offer.blobs) {
      if (own?.has(digest)) continue;
      for (let later = offer.packageAt + 1; later < heads.length; later++)
        brought.add(`${String(later)} ${digest}`);
    }
  }
  return brought;
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

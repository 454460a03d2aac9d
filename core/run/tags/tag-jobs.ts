// Groups the images of all packages of a run into one job for each tag.
import type { RawManifest } from '../../content/manifest.js';
import { compareText } from '../../content/text-order.js';
import { resolveCandidates, type Candidate } from '../../plan/candidates.js';
import type { IncomingImage } from '../../plan/fuse.js';
import { isLeftOut } from '../../plan/mislabelled.js';
import type { PackageLabel } from '../../inspect/package-labels.js';
import type { Offer, SpooledManifest } from '../base/offer.js';
import { isAboutProject } from '../base/project-gate.js';
import type { Spool } from '../base/spool.js';
import { manifestFrom, type TagInput } from './tag-writer.js';

/** An image that may go into a tag, with all source names that charts use for it. */
export interface ChosenOffer {
  readonly offer: Offer;
  readonly sources: readonly string[];
  /** Charts whose bundles bring this very image, as {@link Offer.bundles} names them: any of them alone would bring it. */
  readonly bundles: readonly string[];
}

/** All images for one tag: those that may go into it and those that must not. */
export interface TagJob {
  readonly repository: string;
  readonly tag: string;
  readonly chosen: readonly ChosenOffer[];
  /** Images that get no name: damaged, lacking blobs, or (see `isLeftOut`) mislabelled. */
  readonly failed: readonly Offer[];
  /** Different images of different sources, or from packages of one version; none of them is written. */
  readonly conflicting: readonly Offer[];
}

interface OfferedCandidate extends Candidate {
  readonly offer: Offer;
}

/** One job for each tag. Where several packages offer an image for one platform, `resolveCandidates` chooses. */
export function tagJobs(offers: readonly Offer[], labels: readonly PackageLabel[]): readonly TagJob[] {
  const groups = new Map<string, Offer[]>();
  for (const offer of offers) {
    const key = `${offer.repository}:${offer.tag}`;
    const group = groups.get(key);
    if (group) group.push(offer);
    else groups.set(key, [offer]);
  }
  return [...groups.values()].map((group) => jobFor(group, labels));
}

function jobFor(group: readonly Offer[], labels: readonly PackageLabel[]): TagJob {
  const { repository, tag } = group[0] ?? { repository: '', tag: '' };
  const usable = group.filter((offer) => offer.problem === null);
  const resolutions = resolveCandidates(usable.map((offer) => candidateFor(offer, labels)));
  const chosen = resolutions.flatMap((one) =>
    one.kind === 'take'
      ? [{ offer: one.winner.offer, sources: one.sources, bundles: bundlesOf(one.winner.offer, usable) }]
      : [],
  );
  const conflicting = resolutions.flatMap((one) =>
    one.kind === 'conflict' ? one.candidates.map((candidate) => candidate.offer) : [],
  );
  // the failure of an image that another package has undamaged is not reported
  const taken = new Set(chosen.map(({ offer }) => offer.config.digest));
  const failed = group.filter((offer) => offer.problem !== null && !taken.has(offer.config.digest));
  return { repository, tag, chosen, failed, conflicting };
}

function bundlesOf(winner: Offer, offers: readonly Offer[]): readonly string[] {
  const same = offers.filter(({ config }) => config.digest === winner.config.digest);
  return [...new Set(same.flatMap(({ bundles }) => [...bundles]))].sort(compareText);
}

function candidateFor(offer: Offer, labels: readonly PackageLabel[]): OfferedCandidate {
  return {
    offer,
    target: `${offer.repository}:${offer.tag}`,
    platform: offer.platform,
    digest: offer.manifest.digest,
    config: offer.config.digest,
    version: versionOf(offer, labels),
    sources: [...offer.sources],
  };
}

function versionOf(offer: Offer, labels: readonly PackageLabel[]): string | null {
  const version = labels[offer.packageAt]?.version ?? '';
  return version === '' ? null : version;
}

/** Why an image of `failed` is left out although it is whole; '' where it failed. */
export function reasonOfFailed({ problem }: Pick<Offer, 'problem'>): 'mislabelled' | 'project' | '' {
  if (isLeftOut(problem)) return 'mislabelled';
  return isAboutProject(problem) ? 'project' : '';
}

/** The chosen images of a tag, with their manifests read back from the spool. */
export async function tagInputs(
  job: TagJob,
  labels: readonly PackageLabel[],
  spool: Spool,
): Promise<readonly TagInput[]> {
  return Promise.all(job.chosen.map((chosen) => tagInput(chosen, labels, spool)));
}

async function tagInput(
  { offer, sources }: ChosenOffer,
  labels: readonly PackageLabel[],
  spool: Spool,
): Promise<TagInput> {
  const { mediaType, digest, size } = offer.manifest;
  const incoming: IncomingImage = {
    platform: offer.platform,
    descriptor: { mediaType, digest, size },
    manifest: await fromSpool(offer.manifest, spool),
    config: offer.config.digest,
    created: offer.created,
    version: versionOf(offer, labels),
    attestations: offer.attestations.map((attestation) => attestation.descriptor),
  };
  const attached = await Promise.all(offer.attestations.map((one) => fromSpool(one.manifest, spool)));
  return { incoming, attached, sources };
}

async function fromSpool(manifest: SpooledManifest, spool: Spool): Promise<RawManifest> {
  return manifestFrom(await spool.get(manifest.at), manifest.mediaType, manifest.digest);
}

// Images as `--convert-to-oci` brings them into a target.
import { parseAttachedTag } from '../../contract.js';
import type { Digest } from '../../content/digest.js';
import { DOCKER_MANIFEST } from '../../content/media-types.js';
import { ociForm } from '../../content/oci-form.js';
import { AppError } from '../../errors.js';
import type { PackageImage } from '../../package/stream/package-stream.js';
import type { BundlePlan } from '../../plan/bundle-plan.js';
import type { Offer } from '../base/offer.js';

/** An image, and the digest that its manifest has in the package where it has another one now. */
export interface ConvertedImage {
  readonly image: PackageImage;
  readonly convertedFrom: Digest | null;
}

/** The image as the package holds it. */
export function asPacked(image: PackageImage): ConvertedImage {
  return { image, convertedFrom: null };
}

/**
 * The image with OCI media types; one that has them already stays as it is. Attestations are left out of a converted image, because
 * they speak about the digest that it had before.
 */
export function inOciForm(image: PackageImage): ConvertedImage {
  if (image.manifest.mediaType !== DOCKER_MANIFEST) return asPacked(image);
  const converted = { ...image, ...ociForm(image.config, image.layers), attestations: [] };
  return { image: converted, convertedFrom: image.manifest.digest };
}

/** What a bundle brings into such a target: what is attached to an image that gets another digest is left out with a note. */
export function withoutUnfitting(plan: BundlePlan): BundlePlan {
  const converted = new Set<string>();
  for (const { image } of plan.images)
    if (image.manifest.mediaType === DOCKER_MANIFEST) converted.add(image.manifest.digest);
  const notes: AppError[] = [];
  const images = plan.images.filter(({ source, target }) => {
    const attached = parseAttachedTag(target.tag ?? '');
    if (!attached || !converted.has(attached.subject)) return true;
    const params = { image: source, subject: attached.subject };
    notes.push(new AppError('package.attached-left-out', { origin: 'package', params }));
    return false;
  });
  return { ...plan, images, imageProblems: [...plan.imageProblems, ...notes] };
}

/** Why images cannot go into a registry that takes no Docker media types. `image` names one of them, its tag in the target. */
export function dockerRefused(host: string, image: string): AppError {
  return new AppError('registry.docker-types-refused', { origin: 'registry', params: { host, image } });
}

/** Says that images have other digests in the target than in the packages; empty where none was converted. */
export function conversionNotes(offers: Iterable<Offer>): readonly AppError[] {
  const converted = new Map<Digest, Offer>();
  for (const offer of offers) {
    if (offer.convertedFrom !== null && !offer.problem) converted.set(offer.convertedFrom, offer);
  }
  const [first] = converted;
  if (!first) return [];
  const [from, { repository, tag, manifest }] = first;
  const params = { count: converted.size, image: `${repository}:${tag}`, from, to: manifest.digest };
  return [new AppError('run.converted-to-oci', { origin: 'package', params })];
}

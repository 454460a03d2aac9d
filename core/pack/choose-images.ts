// Decides which image each name has for each platform where several packages bring it: the same choice as that of an import.
import { AppError } from '../errors.js';
import { canonicalSource, resolveCandidates, type Candidate } from '../plan/candidates.js';
import type { FoundBundle, FoundImage } from './collect-bundles.js';

export interface VersionedPackage {
  /** File name. */
  readonly name: string;
  /** '' when unknown. */
  readonly version: string;
}

interface ImageCandidate extends Candidate {
  readonly image: FoundImage;
  readonly packageAt: number;
}

/** What a pack holds under one name. */
export interface NamedImages {
  /** Canonical reference. */
  readonly name: string;
  /** One for each platform. */
  readonly images: readonly FoundImage[];
}

/**
 * The images under each name. Of one name and platform the image of the later package version is taken. Throws `pack.conflict` where
 * neither of two images is known to be the later one.
 */
export function chooseImages(
  bundles: readonly FoundBundle[],
  packages: readonly VersionedPackage[],
): readonly NamedImages[] {
  const candidates = bundles.flatMap((bundle) =>
    bundle.images.flatMap((image) =>
      [...new Set(image.names.map(canonicalSource))].map((name): ImageCandidate => ({
        ...{ target: name, image, packageAt: bundle.packageAt, sources: [name] },
        ...{ platform: image.platform, digest: image.manifest.digest, config: image.config.digest },
        version: packages[bundle.packageAt]?.version || null,
      })),
    ),
  );
  const chosen = new Map<string, FoundImage[]>();
  for (const resolution of resolveCandidates(candidates)) {
    if (resolution.kind === 'conflict') throw conflict(resolution.candidates, packages);
    const { target, image } = resolution.winner;
    const images = chosen.get(target);
    if (images) images.push(image);
    else chosen.set(target, [image]);
  }
  return [...chosen].map(([name, images]) => ({ name, images }));
}

/** True when the image goes into the pack: it has no name, or is the chosen one under one of them. */
export function isChosen(image: FoundImage, chosen: ReadonlyMap<string, readonly FoundImage[]>): boolean {
  return image.names.length === 0 || image.names.some((name) => isChosenAs(name, image, chosen));
}

/** The same for one of its names. */
export function isChosenAs(
  name: string,
  { manifest }: FoundImage,
  chosen: ReadonlyMap<string, readonly FoundImage[]>,
): boolean {
  const images = chosen.get(canonicalSource(name)) ?? [];
  return images.some((one) => one.manifest.digest === manifest.digest);
}

function conflict(candidates: readonly ImageCandidate[], packages: readonly VersionedPackage[]): AppError {
  const files = [...new Set(candidates.map(({ packageAt }) => packages[packageAt]?.name ?? ''))];
  const params = { image: candidates[0]?.target ?? '', packages: files.join(', ') };
  return new AppError('pack.conflict', { origin: 'package', params });
}

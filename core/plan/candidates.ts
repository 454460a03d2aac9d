// Which image goes to a tag when several packages of one run bring the same tag and platform.
import type { Digest } from '../content/digest.js';
import type { Platform } from '../content/platform.js';
import { formatReference, parseReference } from '../content/reference.js';
import { childKey } from './tag-state.js';
import { compareVersions } from './versions.js';

/** One image of one package under one name. */
export interface Candidate {
  /** Repository and tag in the target. */
  readonly target: string;
  readonly platform: Platform;
  /** Digest of the manifest. */
  readonly digest: Digest;
  readonly config: Digest;
  /** Version of the package, or null when unknown. */
  readonly version: string | null;
  /** How the package spells the reference. */
  readonly sources: readonly string[];
}

/** What becomes of one tag and platform. */
export type Resolution<T extends Candidate> =
  | {
      readonly kind: 'take';
      readonly winner: T;
      /** The spellings of all candidates. */
      readonly sources: readonly string[];
      /** Other images, of earlier package versions. */
      readonly superseded: readonly T[];
    }
  | {
      /** Different images of different sources, or of one source and none is known to be the later one. None of them is written. */
      readonly kind: 'conflict';
      readonly candidates: readonly T[];
      readonly sources: readonly string[];
    };

/**
 * One resolution for each tag and platform, in the order in which the candidates first name them. Of one source the image of the
 * latest package version is taken; images with the same manifest or config count as one. Different images of different sources
 * are a conflict, whatever their versions. Which one is taken does not depend on the order.
 */
export function resolveCandidates<T extends Candidate>(candidates: readonly T[]): readonly Resolution<T>[] {
  const rivals = new Map<string, T[]>();
  for (const candidate of candidates) {
    const key = `${candidate.target} ${childKey(candidate.platform)}`;
    const group = rivals.get(key);
    if (group) group.push(candidate);
    else rivals.set(key, [candidate]);
  }
  return [...rivals.values()].map(resolve);
}

function resolve<T extends Candidate>(rivals: readonly T[]): Resolution<T> {
  const sources = [...new Set(rivals.flatMap((one) => one.sources))].sort();
  const best = [...bySource(rivals).values()].flatMap(latest);
  // equal images: the choice between their packagings must not depend on the order of the packages
  const [winner] = best.toSorted(
    (a, b) => Number(a.version === null) - Number(b.version === null) || (a.digest < b.digest ? -1 : 1),
  );
  if (!winner || !best.every((one) => isSameImage(one, winner))) {
    return { kind: 'conflict', candidates: rivals, sources };
  }
  return { kind: 'take', winner, sources, superseded: rivals.filter((one) => !isSameImage(one, winner)) };
}

function bySource<T extends Candidate>(rivals: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of rivals) {
    for (const source of new Set(one.sources.map(canonicalSource))) {
      const group = groups.get(source);
      if (group) group.push(one);
      else groups.set(source, [one]);
    }
  }
  return groups;
}

/** One text for all spellings of a source; a text that is no reference stays as it is. */
export function canonicalSource(source: string): string {
  const reference = parseReference(source);
  if (!reference) return source;
  return formatReference(reference.digest ? reference : { ...reference, tag: reference.tag ?? 'latest' });
}

function latest<T extends Candidate>(rivals: readonly T[]): readonly T[] {
  return rivals.filter((one) => !rivals.some((other) => isLater(other, one)));
}

function isSameImage(a: Candidate, b: Candidate): boolean {
  return a.digest === b.digest || a.config === b.config;
}

function isLater(a: Candidate, b: Candidate): boolean {
  if (a.version === null || b.version === null) return false;
  return (compareVersions(a.version, b.version) ?? 0) > 0;
}

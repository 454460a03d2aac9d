// Tells which part of a bundle, docker-archive or OCI layout an entry is, from its path alone and in any folder.
import { digestFromHex, isDigest, type Digest } from '../../content/digest.js';

export type ArchivePart =
  | { readonly kind: 'manifest.json' | 'index.json' | 'oci-layout' }
  /** A config (JSON) or, where the name holds something else, a layer. */
  | { readonly kind: 'config'; readonly claim: Digest }
  /** A layer of a docker-archive. */
  | { readonly kind: 'layer'; readonly claim: Digest | null }
  /** Anything under blobs/sha256 of an OCI layout. */
  | { readonly kind: 'blob'; readonly claim: Digest }
  /** Files that docker save writes for old versions of Docker, and blobs that are named by another digest than SHA-256. */
  | { readonly kind: 'unread' };

export type EntryRole =
  | { readonly kind: 'hints' | 'images'; readonly root: string }
  /** `path` is relative to the chart. */
  | { readonly kind: 'chart'; readonly root: string; readonly path: string }
  | { readonly kind: 'archive'; readonly root: string; readonly part: ArchivePart }
  | { readonly kind: 'other' };

const CHART_FOLDER = 'original-chart';
const HEX = /^[0-9a-f]{64}$/;
const OTHER_HEX = /^[0-9a-f]{32,}$/;
const CONFIG = /^(?:sha256:([0-9a-f]{64})|([0-9a-f]{64})\.json)$/;
const LAYER = /^([0-9a-f]{64})\.(?:tar\.gz|tgz|tar\.zst|tar)$/;

/** The role of a clean path. `root` is the folder of the bundle or archive: '' or `a/b/`. */
export function entryRole(path: string): EntryRole {
  const segments = path.split('/');
  const chart = segments.indexOf(CHART_FOLDER);
  if (chart >= 0 && chart < segments.length - 1) {
    return { kind: 'chart', root: rootOf(segments, chart), path: segments.slice(chart + 1).join('/') };
  }
  const last = segments.length - 1;
  const name = segments[last] ?? '';
  if (name === 'hints.yaml') return { kind: 'hints', root: rootOf(segments, last) };
  if (isImagesName(name)) return { kind: 'images', root: rootOf(segments, last) };
  const archive = (depth: number, part: ArchivePart): EntryRole => ({
    kind: 'archive',
    root: rootOf(segments, last - depth),
    part,
  });
  if (name === 'manifest.json' || name === 'index.json' || name === 'oci-layout')
    return archive(0, { kind: name });
  const parent = segments[last - 1] ?? '';
  if (segments[last - 2] === 'blobs') {
    if (HEX.test(name) && parent === 'sha256') return archive(2, { kind: 'blob', claim: `sha256:${name}` });
    // rules_oci writes the layers of a docker-archive as blobs/sha256/<hex>.tar.gz
    const layer = `sha256:${LAYER.exec(name)?.[1] ?? ''}`;
    if (parent === 'sha256' && isDigest(layer)) return archive(2, { kind: 'layer', claim: layer });
    if (parent !== 'sha256' && OTHER_HEX.test(name)) return archive(2, { kind: 'unread' });
  }
  const config = CONFIG.exec(name);
  const configClaim = digestFromHex(config?.[1] ?? config?.[2] ?? '');
  if (configClaim) return archive(0, { kind: 'config', claim: configClaim });
  const layerClaim = `sha256:${LAYER.exec(name)?.[1] ?? ''}`;
  if (isDigest(layerClaim)) return archive(0, { kind: 'layer', claim: layerClaim });
  if (HEX.test(parent)) {
    if (name === 'layer.tar') return archive(1, { kind: 'layer', claim: null });
    if (name === 'json' || name === 'VERSION') return archive(1, { kind: 'unread' });
  }
  return { kind: 'other' };
}

/** True for the name of a bundle's image archive, under whatever compression. */
export function isImagesName(name: string): boolean {
  return /^images\.tar(?:\.(?:gz|xz|zst|bz2|lz4|lz))?$/.test(name);
}

/** True for a name that says that the file is a bundle, under whatever compression. */
export function isBundleName(path: string): boolean {
  return /\.bundle(?:\.tar|(?:\.tar)?\.(?:gz|xz|zst|bz2|lz4|lz|zip|7z|rar)|\.(?:tgz|txz|tzst|tbz2?))$/i.test(
    path,
  );
}

/** True for a name that says that the file is a tar archive, under whatever compression. A `.tgz` is mostly a chart. */
export function isTarName(path: string): boolean {
  return /\.(?:tar(?:\.(?:gz|xz|zst|bz2|lz4|lz|lzma|Z))?|txz|tzst|tbz2?)$/i.test(path);
}

function rootOf(segments: readonly string[], end: number): string {
  return end === 0 ? '' : `${segments.slice(0, end).join('/')}/`;
}

/**
 * Normalises a path for entryRole: without `.`, `..`, doubled or trailing slashes. `unsafe` is true when the raw path is absolute,
 * holds `..` or a NUL. `path` leaves such steps out, so that the problem can be reported for the bundle which it would belong to.
 */
export function cleanPath(raw: string): { readonly path: string; readonly unsafe: boolean } {
  const segments = raw.split(/[\\/]/);
  const unsafe = segments.includes('..') || /^(?:[\\/]|[A-Za-z]:)/.test(raw) || raw.includes('\0');
  const kept = raw.split('/').filter((segment) => segment !== '' && segment !== '.' && segment !== '..');
  return { path: kept.join('/'), unsafe };
}

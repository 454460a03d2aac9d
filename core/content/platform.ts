// What a platform is: its spellings, when two are the same, and in which order they stand.
// https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions
import { compareText } from './text-order.js';

/**
 * `os/architecture[/variant]` and what OCI knows beside it; names as in OCI, without the dots. Every platform that is read, from a
 * config, an index or an option, goes through {@link normalPlatform} there, so that one platform has one spelling.
 */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

/** Other names of architectures, with the variant that they imply. */
const ALIASES = new Map<string, Pick<Platform, 'architecture' | 'variant'>>([
  ['i386', { architecture: '386' }],
  ['x86_64', { architecture: 'amd64' }],
  ['x86-64', { architecture: 'amd64' }],
  ['aarch64', { architecture: 'arm64' }],
  ['armhf', { architecture: 'arm', variant: 'v7' }],
  ['armel', { architecture: 'arm', variant: 'v6' }],
]);

/** Other spellings of variants, by architecture. */
const VARIANTS = new Map([
  ['arm/5', 'v5'],
  ['arm/6', 'v6'],
  ['arm/7', 'v7'],
  ['arm/8', 'v8'],
  ['arm64/8', 'v8'],
  ['arm64/v8.0', 'v8'],
  ['arm64/9', 'v9'],
  ['arm64/9.0', 'v9'],
  ['arm64/v9.0', 'v9'],
]);

/** The variant that a platform without one stands for. */
const DEFAULT_VARIANT = new Map([
  ['arm64', 'v8'],
  ['arm', 'v7'],
  ['amd64', 'v1'],
]);

/**
 * The platform with the names that Go uses: lower case, `arm64` for `aarch64`, `arm/v7` for `armhf`, variant `v7` for `7`. These are
 * the rules of containerd, except that a variant is neither added nor removed where it is the default one, so that Archbridge writes
 * into indexes what the image's config says; {@link platformKey} takes these for equal.
 * https://github.com/containerd/platforms/blob/main/database.go
 */
export function normalPlatform({ os, architecture, variant, ...rest }: Platform): Platform {
  const name = architecture.toLowerCase();
  const alias = ALIASES.get(name);
  const arch = alias?.architecture ?? name;
  const given = variant?.toLowerCase() ?? '';
  // as in containerd: 386 has no variants, and the names of arm say theirs
  const named = arch === '386' ? '' : (alias?.variant ?? VARIANTS.get(`${arch}/${given}`) ?? given);
  const system = os.toLowerCase();
  return {
    os: system === 'macos' ? 'darwin' : system,
    architecture: arch,
    ...(named === '' ? {} : { variant: named }),
    ...rest,
  };
}

/** The variant that counts when platforms are compared: `arm64` is `arm64/v8`, `arm` is `arm/v7`, `amd64` is `amd64/v1`. */
export function effectiveVariant(platform: Platform): string {
  return platform.variant ?? DEFAULT_VARIANT.get(platform.architecture) ?? '';
}

/** Two platforms are the same exactly when their keys are equal: os, architecture, variant and os.version. */
export function platformKey(platform: Platform): string {
  return [platform.os, platform.architecture, effectiveVariant(platform), platform.osVersion ?? ''].join('/');
}

/** As people write it: `linux/amd64`, `linux/arm/v6`; a default variant is not added. */
export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`;
  return platform.variant === undefined ? base : `${base}/${platform.variant}`;
}

/** As {@link formatPlatform}, with the version of the operating system where there is one: `windows/amd64 (10.0.17763)`. */
export function describePlatform(platform: Platform): string {
  return rowPlatform(platformFields(platform));
}

/** How rows of plans, reports and inventories name their platform; `osVersion` is absent where there is none. */
export interface PlatformFields {
  readonly platform: string;
  readonly osVersion?: string;
}

/** The fields that rows of plans and reports have for a platform. */
export function platformFields(platform: Platform): PlatformFields {
  const { osVersion } = platform;
  return { platform: formatPlatform(platform), ...(osVersion === undefined ? {} : { osVersion }) };
}

/** The platform of a row, as {@link describePlatform} writes it. */
export function rowPlatform({ platform, osVersion }: PlatformFields): string {
  return osVersion === undefined ? platform : `${platform} (${osVersion})`;
}

const WITH_VERSION = /^(.*?)\s*\(([^()]+)\)$/;

/** Reads `os/architecture[/variant]`, with ` (os.version)` behind it or without; null when it is not that. */
export function parsePlatform(text: string): Platform | null {
  const [, named, osVersion] = WITH_VERSION.exec(text.trim()) ?? [];
  const parts = (named ?? text.trim()).split('/');
  const [os, architecture, variant] = parts;
  if (parts.length < 2 || parts.length > 3 || !os || !architecture || variant === '') return null;
  return normalPlatform({
    os,
    architecture,
    ...(variant === undefined ? {} : { variant }),
    ...(osVersion === undefined ? {} : { osVersion }),
  });
}

/** As {@link platformKey} for a platform as people write it; a text that is none is its own key. */
export function platformKeyOf(text: string): string {
  const platform = parsePlatform(text);
  return platform ? platformKey(platform) : text;
}

/** Each platform once, as the shortest of its spellings, in alphabetical order: `linux/arm64` for it and `linux/arm64/v8`. */
export function distinctPlatforms(texts: Iterable<string>): readonly string[] {
  const known = new Map<string, string>();
  for (const text of [...texts].sort()) {
    const key = platformKeyOf(text);
    if (!known.has(key)) known.set(key, text);
  }
  return [...known.values()];
}

/** True when `held` is the platform that was asked for. The version of the operating system counts only where it was asked for, too. */
export function isMeant(asked: Platform, held: Platform): boolean {
  const { osVersion: _, ...anyVersion } = held;
  return platformKey(asked) === platformKey(asked.osVersion === undefined ? anyVersion : held);
}

/** As {@link isMeant} for texts, `held` being all platforms of an image. */
export function includesPlatform(held: readonly string[], asked: string): boolean {
  const wanted = parsePlatform(asked);
  if (wanted === null) return held.includes(asked);
  return held.some((text) => {
    const platform = parsePlatform(text);
    return platform !== null && isMeant(wanted, platform);
  });
}

/** Order inside an index that Archbridge creates: os, architecture, variant, then os.version. */
export function comparePlatforms(a: Platform, b: Platform): number {
  return (
    compareText(a.os, b.os) ||
    compareText(a.architecture, b.architecture) ||
    compareText(effectiveVariant(a), effectiveVariant(b)) ||
    compareText(a.osVersion ?? '', b.osVersion ?? '')
  );
}

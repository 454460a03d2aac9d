// What a platform is, when two are the same, and in which order they stand.
// https://github.com/opencontainers/image-spec/blob/main/image-index.md#image-index-property-descriptions

/** `os/architecture[/variant]` and what OCI knows beside it; names as in OCI, without the dots. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string;
  readonly osVersion?: string;
  readonly osFeatures?: readonly string[];
}

// No variant means the one that every machine of that architecture has.
const DEFAULT_VARIANT: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' };

/** The variant that counts when platforms are compared: `arm64` is `arm64/v8`, `arm` is `arm/v7`, `amd64` is `amd64/v1`. */
export function effectiveVariant(platform: Platform): string {
  return platform.variant ?? DEFAULT_VARIANT[platform.architecture] ?? '';
}

/** Two platforms are the same exactly when their keys are equal. */
export function platformKey(platform: Platform): string {
  return [platform.os, platform.architecture, effectiveVariant(platform), platform.osVersion ?? ''].join('/');
}

/** As people write it: `linux/amd64`, `linux/arm/v6`; what the config does not say is not added. */
export function formatPlatform(platform: Platform): string {
  const base = `${platform.os}/${platform.architecture}`;
  return platform.variant === undefined ? base : `${base}/${platform.variant}`;
}

/** Reads `os/architecture[/variant]`; null when it is not that. */
export function parsePlatform(text: string): Platform | null {
  const parts = text.trim().toLowerCase().split('/');
  const [os, architecture, variant] = parts;
  if (parts.length < 2 || parts.length > 3 || !os || !architecture || variant === '') return null;
  return variant === undefined ? { os, architecture } : { os, architecture, variant };
}

/** As {@link platformKey} for a platform as people write it; what is none is its own key. */
export function platformKeyOf(text: string): string {
  const platform = parsePlatform(text);
  return platform ? platformKey(platform) : text;
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

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// Platforms as columns of a comparison: equal platforms share one, amd64 and arm64 come first.
import { describePlatform, effectiveVariant, type Platform } from '../../content/platform.js';

/** The column of an image whose platform is unknown. */
export const UNKNOWN_COLUMN = 'unknown';

const FIRST: readonly string[] = ['linux/amd64', 'linux/arm64'];

/**
 * `os/arch[/variant]`, the same text for all spellings of a platform: `linux/arm64/v8` is `linux/arm64`, `linux/arm` is
 * `linux/arm/v7`. A version of the operating system has a column of its own: `windows/amd64 (10.0.17763)`.
 */
export function columnOf(platform: Platform): string {
  const { os, architecture, osVersion } = platform;
  if (os === '' || architecture === '') return UNKNOWN_COLUMN;
  const variant = effectiveVariant(platform);
  const plain = architecture === 'arm64' ? 'v8' : architecture === 'amd64' ? 'v1' : '';
  const version = osVersion === undefined ? {} : { osVersion };
  return describePlatform({ os, architecture, ...(variant === plain ? {} : { variant }), ...version });
}

/** Each once: amd64, arm64, then by the alphabet. */
export function sortColumns(columns: Iterable<string>): readonly string[] {
  const found = new Set(columns);
  const others = [...found].filter((column) => !FIRST.includes(column));
  return [...FIRST.filter((column) => found.has(column)), ...others.sort()];
}

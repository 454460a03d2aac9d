// Compares chart versions: as semver where both are semver, else by a total order over all that charts use (90, 6.5.007, v0.14.6, 2.3+1).
// https://semver.org/#spec-item-11
import { compareText } from '../content/text-order.js';

const VERSION = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

interface ParsedVersion {
  readonly numbers: readonly string[];
  readonly prerelease: readonly string[];
  readonly build: readonly string[];
}

/**
 * Negative when `a` is older than `b`, 0 for equal texts only. Missing numbers count as 0, and leading zeros are ignored. Unlike in semver,
 * build metadata decides where everything else is equal (`10.2.0+738` is older than `10.2.0+802`). A text that is no version is older
 * than every version.
 */
export function compareChartVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (left === null || right === null) {
    if (left !== null) return 1;
    return right !== null ? -1 : compareText(a, b);
  }
  return (
    compareNumbers(left.numbers, right.numbers) ||
    comparePrerelease(left.prerelease, right.prerelease) ||
    compareIdentifiers(left.build, right.build) ||
    compareText(a, b)
  );
}

function parse(text: string): ParsedVersion | null {
  const match = VERSION.exec(text);
  if (match === null) return null;
  const split = (part: string | undefined): string[] => (part === undefined ? [] : part.split('.'));
  return { numbers: split(match[1]), prerelease: split(match[2]), build: split(match[3]) };
}

function compareNumbers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const order = compareNumber(a[i] ?? '0', b[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** A version with a pre-release is older than the one without. */
function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return Math.sign(b.length - a.length);
  return compareIdentifiers(a, b);
}

function compareIdentifiers(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const order = compareIdentifier(a[i] ?? '', b[i] ?? '');
    if (order !== 0) return order;
  }
  return Math.sign(a.length - b.length);
}

function compareIdentifier(a: string, b: string): number {
  const [aIsNumber, bIsNumber] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (aIsNumber && bIsNumber) return compareNumber(a, b);
  if (aIsNumber !== bIsNumber) return aIsNumber ? -1 : 1;
  return compareText(a, b);
}

/** Digits of any length. */
function compareNumber(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return Math.sign(left.length - right.length) || compareText(left, right);
}

// The order of package and chart versions, which often are not strict semver (`90`, `6.5.007`, `v0.11.0+1`).
import { compareText } from '../content/text-order.js';

const VERSION = /^v?(\d+(?:\.\d+)*)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?$/;

/**
 * Negative, zero or positive like a sort; null when one of them is no version. As in semver, but: any number of numeric
 * parts, leading zeros, a `v` before; build metadata counts (`1.0.0 < 1.0.0+1`); digits within words count as numbers
 * (`rc3 < rc10`).
 */
export function compareVersions(a: string, b: string): number | null {
  const left = VERSION.exec(a.trim());
  const right = VERSION.exec(b.trim());
  if (!left || !right) return null;
  return (
    compareNumbers(left[1] ?? '', right[1] ?? '') ||
    comparePreRelease(left[2], right[2]) ||
    compareParts(left[3] ?? '', right[3] ?? '')
  );
}

function compareNumbers(a: string, b: string): number {
  const left = a.split('.');
  const right = b.split('.');
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const order = compareDigits(left[i] ?? '0', right[i] ?? '0');
    if (order !== 0) return order;
  }
  return 0;
}

/** A pre-release comes before its release. */
function comparePreRelease(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return compareParts(a, b);
}

function compareParts(a: string, b: string): number {
  const left = a.match(/\d+|[A-Za-z]+/g) ?? [];
  const right = b.match(/\d+|[A-Za-z]+/g) ?? [];
  for (const [i, one] of left.entries()) {
    const other = right[i];
    if (other === undefined) return 1;
    const order = comparePart(one, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function comparePart(a: string, b: string): number {
  const numeric = [/^\d/.test(a), /^\d/.test(b)] as const;
  if (numeric[0] && numeric[1]) return compareDigits(a, b);
  if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
  return compareText(a, b);
}

/** Digits of any length, so that build numbers made of dates stay exact. */
function compareDigits(a: string, b: string): number {
  const left = a.replace(/^0+(?=\d)/, '');
  const right = b.replace(/^0+(?=\d)/, '');
  return left.length - right.length || (left < right ? -1 : left > right ? 1 : 0);
}

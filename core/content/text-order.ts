// The order of names in everything that Archbridge writes: by code units, so that it is the same on every machine and in every locale.

/** Negative, zero or positive, for `sort`; compares UTF-16 code units, as JavaScript's `<` does. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

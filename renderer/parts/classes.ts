// Joins class names and leaves out absent ones.

/** Joins class names with blanks; false, undefined and empty ones are left out. */
export function classes(...names: readonly (string | false | undefined)[]): string {
  return names.filter((name) => name !== false && name !== undefined && name !== '').join(' ');
}

// Types of zones.mjs, for the tests.
export const ORDER: readonly string[];
export const HOSTS: Readonly<Record<string, readonly string[]>>;
export function zoneOf(path: string): string | null;
export function mayImport(from: string, to: string): boolean;
export function importProblem(from: string, to: string): string | null;

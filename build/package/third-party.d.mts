// Types of third-party.mjs, for the tests.
export function licences(root: string): { name: string; version: string; licence: string; text: string }[];

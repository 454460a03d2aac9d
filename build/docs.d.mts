// Types of docs.mjs, for the tests.

/** Writes the documentation as HTML into a folder; returns its pages as paths from there. */
export function buildDocs(root: string, folder: string): string[];

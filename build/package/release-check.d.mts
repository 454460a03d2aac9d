// Types of release-check.mjs, for the tests.

/** What is not so yet for a release of the version in package.json, one sentence each. */
export function releaseProblems(root: string): string[];

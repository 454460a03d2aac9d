// Types of desktop.mjs, for the tests.

/** The configuration that electron-builder gets. */
export function builderConfig(root: string): object;

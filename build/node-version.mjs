// Refuses a Node that is too old. Kept apart and written in old syntax, so that an old Node can read it.

const NEEDED = [20, 19];

/** Ends the process with status 2 where this Node cannot run Archbridge. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NEEDED[0] || (major === NEEDED[0] && minor >= NEEDED[1])) return;
  console.error(
    `Archbridge needs Node ${NEEDED.join('.')} or newer; this is Node ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer Node (https://nodejs.org) and run the same command again.',
  );
  process.exit(2);
}

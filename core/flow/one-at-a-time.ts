// Lets the writers of one file inside this process take turns.

const lastInLine = new Map<string, Promise<unknown>>();

/** Runs `work` after everything that was asked for the same key before; a failure does not stop those behind it. */
export async function oneAtATime<T>(key: string, work: () => Promise<T>): Promise<T> {
  const before = lastInLine.get(key) ?? Promise.resolve();
  const mine = before.then(work, work);
  lastInLine.set(key, mine);
  try {
    return await mine;
  } finally {
    if (lastInLine.get(key) === mine) lastInLine.delete(key);
  }
}

// Makes the writers of one file inside this process wait for each other.

const lastInLine = new Map<string, Promise<unknown>>();

/** Runs `work` after all work that was given for the same key before, whether that succeeded or failed. */
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

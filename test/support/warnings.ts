// The warnings that Node gives while a test works, for example of listeners that are added and never removed.

/** Does `work` and answers with the warnings of this process meanwhile. */
export async function warningsDuring(work: () => Promise<void> | void): Promise<readonly string[]> {
  const warnings: string[] = [];
  const note = ({ name }: Error): void => void warnings.push(name);
  process.on('warning', note);
  try {
    await work();
    // Node tells them in the next turn
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off('warning', note);
  }
  return warnings;
}

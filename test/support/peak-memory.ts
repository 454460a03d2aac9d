// Measures how much memory a piece of work took at most, in this process.

/** Bytes beyond what was in use before; garbage that was not collected yet is included. */
export async function peakWhile(work: () => Promise<void>): Promise<number> {
  const used = (): number => {
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = used();
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, used());
  }, 5);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return peak - before;
}

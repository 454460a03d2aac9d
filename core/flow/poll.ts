// Asks again until an answer is the expected one, for a bounded time: servers of several nodes show a change with a delay.
import { setTimeout as sleep } from 'node:timers/promises';

const FIRST_PAUSE_MS = 25;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Calls `ask` until `isExpected` is true of its answer, with growing pauses, for at most `withinMs` milliseconds. Returns the last
 * answer, which may be one that was not expected.
 */
export async function polled<T>(
  ask: () => Promise<T>,
  isExpected: (answer: T) => boolean,
  withinMs: number,
  { signal }: { readonly signal: AbortSignal },
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const answer = await ask();
    const left = deadline - performance.now();
    if (isExpected(answer) || left <= 0) return answer;
    await sleep(Math.min(pause, left), undefined, { signal });
  }
}

// The error of a cancelled step, and waiting that a cancellation ends. A run turns the error into the result `cancelled`.
import { setMaxListeners } from 'node:events';
import type { Cancellable } from '../ports/cancellable.js';

/** Thrown where an aborted signal stops a step. `isAbort` in errors.ts recognises it by its name. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('cancelled');
  }
}

/** Throws an {@link AbortedError} when the signal was aborted. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AbortedError();
}

/** A signal that is aborted with the first of these. Dozens of requests may listen to it at a time, which Node would report as a leak. */
export function eitherSignal(...signals: readonly AbortSignal[]): AbortSignal {
  const either = AbortSignal.any([...signals]);
  setMaxListeners(0, either);
  return either;
}

/** What `work` resolves to, or an {@link AbortedError} as soon as the signal is aborted; `work` itself is not stopped. */
export async function orAborted<T>(work: Promise<T>, { signal }: Cancellable): Promise<T> {
  throwIfAborted(signal);
  let stop!: () => void;
  const aborted = new Promise<never>((_, reject) => (stop = () => reject(new AbortedError())));
  signal.addEventListener('abort', stop, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

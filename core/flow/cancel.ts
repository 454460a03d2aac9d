// The error of a cancelled step. A run turns it into the result `cancelled`.

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

// What a cancelled step throws; the run turns it into a result.

/** Thrown where an aborted signal stops a step; `isAbort` in errors.ts knows it by its name. */
export class AbortedError extends Error {
  override readonly name = 'AbortError';

  constructor() {
    super('cancelled');
  }
}

export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new AbortedError();
}

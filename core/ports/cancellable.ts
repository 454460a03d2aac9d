// How an asynchronous function is stopped.

/** The last parameter of asynchronous functions: they stop, and throw an `AbortError`, when the signal is aborted. */
export interface Cancellable {
  readonly signal: AbortSignal;
}

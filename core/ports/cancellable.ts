// How an asynchronous function is stopped.

/** The last parameter of asynchronous functions: they stop, and throw an `AbortError`, when the signal is aborted. */
export interface Cancellable {
  readonly signal: AbortSignal;
}

/** For requests that may be repeated. */
export interface Resting extends Cancellable {
  /** Waits for the pause before a further try; meanwhile the caller lets others send. Absent: the pause is just waited for. */
  readonly rest?: ((pause: Promise<void>) => Promise<void>) | undefined;
}

// A signal that gives in later than its source: for the one request that must not be cut, a manifest PUT.

/** Aborts `graceMs` after `source` does; `release` ends the watching. An already aborted source throws. */
export function lingering(
  source: AbortSignal,
  graceMs: number,
): { readonly signal: AbortSignal; readonly release: () => void } {
  source.throwIfAborted();
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const start = (): void => {
    timer = setTimeout(() => controller.abort(source.reason), graceMs);
  };
  source.addEventListener('abort', start, { once: true });
  return {
    signal: controller.signal,
    release: () => {
      source.removeEventListener('abort', start);
      clearTimeout(timer);
    },
  };
}

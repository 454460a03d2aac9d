// A signal that is aborted some time after its source: the PUT of a manifest is not cut off by a cancellation at once.

/** Gives a signal that is aborted `graceMs` milliseconds after `source`. `release` ends this. Throws when `source` is aborted already. */
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

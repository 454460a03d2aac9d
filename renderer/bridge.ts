// The window's only connection to its host: `window.archbridge` on the desktop, a socket to the serving process in a browser.
import type { AppBridge, AppEvent, AppMethod, AppMethods, Result, RunEvent } from '../core/contract.js';
import { createWebBridge } from '../web/client/bridge.js';

declare global {
  interface Window {
    readonly archbridge?: AppBridge;
  }
}

let bridge: AppBridge | null = null;

export function getBridge(): AppBridge {
  bridge ??= window.archbridge ?? createWebBridge();
  return bridge;
}

/** Replaces the bridge; for tests. */
export function setBridge(other: AppBridge | null): void {
  bridge = other;
}

export interface AskOptions {
  /** Aborting it cancels the call; the answer then says so. */
  readonly signal?: AbortSignal;
  /** Id of the call, where the caller needs to know it. */
  readonly call?: string;
  readonly onEvent?: (event: RunEvent) => void;
}

/** One call of the host, with its own events. Never throws: failures are in the result. */
export async function ask<M extends AppMethod>(
  method: M,
  input: AppMethods[M]['in'],
  { signal, call = crypto.randomUUID(), onEvent }: AskOptions = {},
): Promise<Result<AppMethods[M]['out']>> {
  const host = getBridge();
  const cancel = (): void => host.cancel(call);
  const stopListening = onEvent && host.onEvent((event) => passOn(event, call, onEvent));
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await host.invoke(method, input, call);
  } finally {
    signal?.removeEventListener('abort', cancel);
    stopListening?.();
  }
}

function passOn(event: AppEvent, call: string, listener: (event: RunEvent) => void): void {
  if (event.type === 'run' && event.call === call) listener(event.event);
}

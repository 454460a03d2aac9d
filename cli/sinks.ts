// Streams that may lose their reader (`| head`) without taking an import down with them.
import type { Writable } from 'node:stream';
import type { TextSink } from './io.js';

export interface SurvivingSink extends TextSink {
  /** What kept text from arriving; null for none, and for a reader that simply went away. */
  readonly failure: Error | null;
}

/** Writes as long as that is possible; after that it drops what comes. */
export function survivingSink(stream: Writable & { readonly columns?: number }): SurvivingSink {
  let open = true;
  let failure: Error | null = null;
  stream.on('error', (error: Error & { readonly code?: string }) => {
    open = false;
    if (error.code !== 'EPIPE') failure ??= error;
  });
  return {
    write(text) {
      if (open && !stream.destroyed) stream.write(text);
    },
    get columns() {
      return stream.columns;
    },
    get failure() {
      return failure;
    },
  };
}

/** Resolves when everything that was written has left the process, or can't any more. */
export function flushed(stream: Writable): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}

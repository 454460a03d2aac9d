// Writes to streams whose reader may go away (`| head`), without failing the command because of that.
import type { Writable } from 'node:stream';
import type { TextSink } from './io.js';

export interface SurvivingSink extends TextSink {
  /** The error that kept text from being written; null for none, and when the reader went away. */
  readonly failure: Error | null;
}

/** Writes as long as that is possible; after that it drops the text. */
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

/** Resolves when everything was written to the stream, or nothing can be written any more. */
export function flushed(stream: Writable): Promise<void> {
  if (stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => stream.write('', () => resolve()));
}

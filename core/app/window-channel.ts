// One window's channel to the app, over a WebSocket or a port between processes: calls come in, answers and events go out.
import { z } from 'zod';
import { isRunMethod } from '../contract.js';
import type { AppEvent, Result } from '../contract.js';
import { AppError, toProblem } from '../errors.js';
import type { AppService } from './app-service.js';

/** What a window sends. */
const messageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('invoke'),
    call: z.string().min(1).max(100),
    method: z.string().max(100),
    input: z.unknown(),
  }),
  z.object({ type: z.literal('cancel'), call: z.string().max(100) }),
]);

/** What it gets back. */
export type ChannelAnswer =
  | { readonly type: 'answer'; readonly call: string; readonly result: Result<unknown> }
  | { readonly type: 'event'; readonly event: AppEvent };

export interface WindowChannel {
  /** Takes one message as it came in. Returns false when it is not valid; the caller should then close the connection. */
  receive(message: unknown, bytes: number): boolean;
  /** To be called when the window is gone: its calls are cancelled, except a run. */
  close(): void;
}

/** Bytes. The limit for all methods but LARGE_METHODS. */
const LARGEST_MESSAGE = 1024 * 1024;
/** Methods whose input may hold plans of thousands of images, a comparison, or the text of a report to be saved. */
const LARGE_METHODS: ReadonlySet<string> = new Set(['import', 'importSeveral', 'saveFile', 'renderCoverage']);
/** Bytes. The limit for every message. */
export const LARGEST_OF_ALL = 64 * 1024 * 1024;

/** Opens the channel. `send` passes a message to the window; it must not throw. */
export function openWindowChannel(
  service: AppService,
  send: (message: ChannelAnswer) => void,
): WindowChannel {
  const calls = new Set<string>();
  const unsubscribe = service.subscribe((event) => send({ type: 'event', event }));

  const invoke = async (method: string, input: unknown, call: string): Promise<void> => {
    // A run goes on when the window that started it is gone.
    if (!isRunMethod(method)) calls.add(call);
    const result = await service.invoke(method, input, call, (event) =>
      send({ type: 'event', event: { type: 'run', call, event } }),
    );
    calls.delete(call);
    send({ type: 'answer', call, result });
  };

  return {
    receive(message, bytes) {
      const read = messageSchema.safeParse(message);
      if (!read.success) return false;
      if (read.data.type === 'cancel') {
        service.cancel(read.data.call);
        return true;
      }
      const { method, input, call } = read.data;
      if (bytes > (LARGE_METHODS.has(method) ? LARGEST_OF_ALL : LARGEST_MESSAGE)) {
        const params = { method, detail: `${bytes} B` };
        const problem = toProblem(new AppError('app.bad-request', { origin: 'app', params }));
        send({ type: 'answer', call, result: { ok: false, problem } });
        return true;
      }
      void invoke(method, input, call);
      return true;
    },
    close() {
      unsubscribe();
      for (const call of calls) service.cancel(call);
    },
  };
}

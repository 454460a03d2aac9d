// What main process and engine process say to each other, beside the messages of a window's channel.
import { z } from 'zod';
import type { ChannelAnswer } from '../core/app/window-channel.js';

const credentials = z.object({ username: z.string(), password: z.string() });

/** How the engine is to work; the first message to it. */
export const engineStartSchema = z.object({
  type: z.literal('start'),
  stateDir: z.string(),
  version: z.string(),
  language: z.enum(['en', 'zh-CN']),
  defaultStore: z.string(),
  keepsPasswords: z.boolean(),
  credentials: z.array(z.object({ location: z.string(), credentials })),
});

export type EngineStart = z.output<typeof engineStartSchema>;

/** `hello`: ready for `start`; `closed`: everything has ended in good order. */
export type FromEngine = ChannelAnswer | { readonly type: 'hello' } | { readonly type: 'closed' };

// Messages between main process and engine process, beyond those of a window's channel.
import { z } from 'zod';
import type { ChannelAnswer } from '../core/app/window-channel.js';

const credentials = z.object({ username: z.string(), password: z.string() });

/** The settings of the engine; the first message to it. */
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

/** `hello`: the process is ready for `start`; `closed`: everything has ended. */
export type FromEngine = ChannelAnswer | { readonly type: 'hello' } | { readonly type: 'closed' };

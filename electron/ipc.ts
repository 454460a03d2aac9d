// Calls from the window. The sender is checked first; dialogs and the keychain are handled here, everything else by the engine.
import { ipcMain, type BrowserWindow } from 'electron';
import { z } from 'zod';
import { inputSchemas } from '../core/app/request-schemas.js';
import { toProblem } from '../core/errors.js';
import type { Result } from '../core/contract.js';
import { CALLS } from './channels.js';
import { chooseFiles, chooseFolder, saveFile } from './dialogs.js';
import type { EngineClient } from './engine-client.js';
import type { Secrets } from './secrets.js';
import { isFromWindow } from './window.js';
import type { Say } from './words.js';

const messageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('invoke'),
    method: z.string().max(100),
    input: z.unknown(),
    call: z.string().min(1).max(100),
  }),
  z.object({ type: z.literal('cancel'), call: z.string().max(100) }),
]);

export interface Answerer {
  readonly window: () => BrowserWindow | null;
  readonly engine: Pick<EngineClient, 'invoke' | 'cancel'>;
  readonly secrets: Pick<Secrets, 'keep' | 'forget'>;
  readonly say: Say;
  /** Called with the method and its result after each call. */
  readonly onAnswer: (method: string, result: Result<unknown>) => void;
}

/** Answers calls until the program ends. Messages that do not come from our page are refused unread. */
export function answerWindow(answerer: Answerer): void {
  ipcMain.handle(CALLS, async (event, data: unknown) => {
    const window = answerer.window();
    if (window === null || !isFromWindow(window, event)) throw new Error('refused');
    const message = messageSchema.parse(data);
    if (message.type === 'cancel') return answerer.engine.cancel(message.call);
    const { method, input, call } = message;
    const result =
      (await answerHere(method, input, window, answerer).catch((error: unknown): Result<unknown> => {
        return { ok: false, problem: toProblem(error) };
      })) ?? (await answerer.engine.invoke(method, input, call));
    answerer.onAnswer(method, result);
    return result;
  });
}

/**
 * The answer to a call that needs the system's dialogs or keychain; null for all others and for invalid inputs, which the engine
 * refuses.
 */
async function answerHere(
  method: string,
  input: unknown,
  window: BrowserWindow,
  { secrets, say }: Answerer,
): Promise<Result<unknown> | null> {
  switch (method) {
    case 'chooseFiles':
      return { ok: true, value: await chooseFiles(window, say) };
    case 'chooseFolder':
      return { ok: true, value: await chooseFolder(window, say) };
    case 'saveFile': {
      const read = inputSchemas.saveFile.safeParse(input);
      return read.success ? { ok: true, value: await saveFile(window, read.data) } : null;
    }
    case 'setCredentials': {
      const read = inputSchemas.setCredentials.safeParse(input);
      if (!read.success) return null;
      const { location, credentials, keep } = read.data;
      if (credentials !== null && keep) await secrets.keep(location, credentials);
      else await secrets.forget(location);
      return null;
    }
    default:
      return null;
  }
}

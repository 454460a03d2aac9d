// A host for tests of the stores: gives prepared answers, records calls, and sends events.
import type { AppBridge, AppEvent, AppMethod, AppMethods, Problem, Result } from '../../core/contract.js';

export type Answers = {
  readonly [M in AppMethod]?: (
    input: AppMethods[M]['in'],
    call: string,
  ) => Promise<AppMethods[M]['out']> | AppMethods[M]['out'];
};

export interface ScriptedBridge extends AppBridge {
  readonly asked: readonly { readonly method: AppMethod; readonly input: unknown; readonly call: string }[];
  readonly cancelled: readonly string[];
  tell(event: AppEvent): void;
}

/** A problem; an answer throws it to make it the result. */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.message);
  }
}

export function problemOf(code: string, origin: Problem['origin'] = 'app'): Problem {
  return { code, params: {}, message: code, hint: '', origin, retryable: false };
}

export function scriptedBridge(answers: Answers): ScriptedBridge {
  const listeners = new Set<(event: AppEvent) => void>();
  const asked: { method: AppMethod; input: unknown; call: string }[] = [];
  const cancelled: string[] = [];
  return {
    asked,
    cancelled,
    async invoke<M extends AppMethod>(
      method: M,
      input: AppMethods[M]['in'],
      call: string,
    ): Promise<Result<AppMethods[M]['out']>> {
      asked.push({ method, input, call });
      const answer = answers[method];
      if (answer === undefined) return { ok: false, problem: problemOf(`no answer for ${method}`) };
      try {
        return { ok: true, value: await answer(input, call) };
      } catch (error) {
        if (error instanceof Refusal) return { ok: false, problem: error.problem };
        throw error;
      }
    },
    cancel: (call) => void cancelled.push(call),
    onEvent(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    pathOf: () => null,
    tell: (event) => listeners.forEach((listener) => listener(event)),
  };
}

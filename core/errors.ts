// The one error type of the engine, and how it becomes plain data for the hosts.
import {
  hintFor,
  messageFor,
  type ErrorCode,
  type Language,
  type MessageParams,
} from './messages/catalog.js';

/** The side that failed; it decides the exit code and the place that a report names. */
export type Origin = 'package' | 'registry' | 'chart-repo' | 'disk' | 'config' | 'app';

/** A failure as plain JSON: what happened, to what, and what to do next. */
export interface Problem {
  readonly code: string;
  readonly params: MessageParams;
  readonly message: string;
  readonly hint: string;
  readonly origin: Origin;
  readonly retryable: boolean;
}

export interface AppErrorOptions {
  readonly params?: MessageParams;
  readonly origin: Origin;
  /** True when the same request may succeed later without any change. */
  readonly retryable?: boolean;
  readonly cause?: unknown;
}

/**
 * Every failure that the engine expects. Its words come from core/messages by `code` and `params`; never put a secret into
 * `params`.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly params: MessageParams;
  readonly origin: Origin;
  readonly retryable: boolean;

  constructor(code: ErrorCode, options: AppErrorOptions) {
    super(messageFor(code, options.params ?? {}, 'en'), { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.params = options.params ?? {};
    this.origin = options.origin;
    this.retryable = options.retryable ?? false;
  }
}

/** Turns anything that was thrown into a Problem. What is no AppError becomes `app.defect`, without its stack. */
export function toProblem(error: unknown, language: Language = 'en'): Problem {
  if (error instanceof AppError) {
    const { code, params, origin, retryable } = error;
    return {
      code,
      params,
      origin,
      retryable,
      message: messageFor(code, params, language),
      hint: hintFor(code, params, language),
    };
  }
  const detail = error instanceof Error ? error.message : String(error);
  return toProblem(new AppError('app.defect', { origin: 'app', params: { detail }, cause: error }), language);
}

/** The same problem with its words in another language. */
export function translateProblem(problem: Problem, language: Language): Problem {
  return {
    ...problem,
    message: messageFor(problem.code, problem.params, language),
    hint: hintFor(problem.code, problem.params, language),
  };
}

/** True for the error that an aborted AbortSignal causes, whichever function threw it. */
export function isAbort(error: unknown, signal?: AbortSignal): boolean {
  if (signal?.aborted) return true;
  return error instanceof Error && error.name === 'AbortError';
}

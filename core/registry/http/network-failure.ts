// Turns failures below HTTP into AppErrors: connection refused, unknown host name, untrusted certificate, timeout, broken connection.
import { errors } from 'undici';
import { AppError, type Origin } from '../../errors.js';
import type { ErrorCode } from '../../messages/catalog.js';

const TLS_FAILURE = /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_|HOSTNAME_MISMATCH)/;

/** Makes the AppError for a failure that undici or the socket reported while talking to `host` (`host:port`). */
export function networkFailure(cause: unknown, host: string, origin: Origin): AppError {
  const reason = codeOf(cause);
  const [code, retryable] = classify(reason);
  return new AppError(code, { origin, retryable, params: { host, reason: reason || textOf(cause) }, cause });
}

function classify(reason: string): readonly [ErrorCode, boolean] {
  switch (reason) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return ['registry.unreachable-dns', true];
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return ['registry.unreachable-timeout', true];
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
    case 'UND_ERR_SOCKET':
      return ['registry.unreachable-reset', true];
    case 'EPROTO':
      return ['registry.unreachable-protocol', false];
    default:
  }
  if (TLS_FAILURE.test(reason)) return ['registry.unreachable-tls', false];
  // The answer was TLS where HTTP was expected, or HTTP where TLS was expected.
  if (reason.startsWith('HPE_') || reason.startsWith('ERR_SSL_'))
    return ['registry.unreachable-protocol', false];
  return ['registry.unreachable', true];
}

/** The innermost code in a chain of causes: the socket's code says more than undici's. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const inner = codeOf(error instanceof AggregateError ? error.errors[0] : error.cause);
  if (inner !== '') return inner;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof errors.HTTPParserError ? 'HPE_INVALID' : '';
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

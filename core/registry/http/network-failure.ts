// Turns failures below HTTP into AppErrors: connection refused, unknown host name, untrusted certificate, timeout, broken connection.
import { errors } from 'undici';
import { AppError, type Origin } from '../../errors.js';
import type { ServerCertificate } from '../../contract.js';
import { isCertificateAlert } from './server-certificate.js';
import type { ErrorCode } from '../../messages/catalog.js';

/**
 * Error codes of OpenSSL and Node for certificates that are not trusted, with our codes.
 * https://nodejs.org/api/tls.html#x509-certificate-error-codes
 */
const CERTIFICATE_FAILURES: Readonly<Record<string, ErrorCode>> = {
  CERT_HAS_EXPIRED: 'registry.tls-expired',
  CERT_NOT_YET_VALID: 'registry.tls-not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'registry.tls-self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'registry.tls-wrong-host',
  SELF_SIGNED_CERT_IN_CHAIN: 'registry.tls-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT: 'registry.tls-unknown-authority',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'registry.tls-unknown-authority',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'registry.tls-unknown-authority',
};

const TLS_FAILURE = /^(?:DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|CERT_|ERR_TLS_|HOSTNAME_MISMATCH)/;

/** Makes the AppError for a failure that undici or the socket reported while talking to `host` (`host:port`). */
export function networkFailure(cause: unknown, host: string, origin: Origin): AppError {
  const reason = codeOf(cause);
  const [code, retryable] = classify(reason);
  return new AppError(code, { origin, retryable, params: { host, reason: reason || textOf(cause) }, cause });
}

/** True for a failure that is due to the server's certificate, see {@link withCertificate}. */
export function concernsCertificate({ code }: AppError): boolean {
  return code === 'registry.unreachable-tls' || Object.values(CERTIFICATE_FAILURES).includes(code);
}

/** The same failure with the contents of the server's certificate in its parameters, so that a person can check them. */
export function withCertificate(failure: AppError, shown: ServerCertificate): AppError {
  const { code, origin, retryable, params, cause } = failure;
  const { subject, issuer, names, validFrom, validTo, fingerprint } = shown;
  const certificate = { subject, issuer, names: names.join(', '), validFrom, validTo, fingerprint };
  const now = new Date().toISOString();
  return new AppError(code, { origin, retryable, params: { ...params, ...certificate, now }, cause });
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
  const certificate = CERTIFICATE_FAILURES[reason];
  if (certificate) return [certificate, false];
  if (isCertificateAlert(reason)) return ['registry.tls-client-certificate', false];
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

// Turns an error answer into an AppError. Registries use different statuses for the same cause, and one status (401, 403) for different
// causes, so the body is read as well.
import { AppError, type Origin } from '../../errors.js';
import type { ErrorCode, MessageParams } from '../../messages/catalog.js';
import { redactedUrl } from './allowed-hosts.js';
import { parseChallenges } from './challenge.js';
import { readErrorBody, type ErrorBody } from './error-body.js';
import { parseRetryAfter } from './retry.js';
import type { HttpResponse } from './transport-types.js';

/** An error answer of a registry. */
export class Refusal extends AppError {
  readonly status: number;
  /** The registry's own codes, upper case. */
  readonly codes: readonly string[];
  /** Milliseconds that the server asked to wait, or null. */
  readonly retryAfterMs: number | null;

  constructor(
    code: ErrorCode,
    options: { origin: Origin; retryable: boolean; params: MessageParams },
    answer: { status: number; codes: readonly string[]; retryAfterMs: number | null },
  ) {
    super(code, options);
    this.status = answer.status;
    this.codes = answer.codes;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

interface RefusedRequest {
  readonly method: string;
  readonly origin: Origin;
  /** True when no credentials are known. */
  readonly anonymous: boolean;
}

/** Reads the answer's body and returns the error; `retryable` is true when the same request may succeed later without a change. */
export async function refusalOf(response: HttpResponse, request: RefusedRequest): Promise<Refusal> {
  const body = await readErrorBody(response);
  const { status, headers } = response;
  const insufficient = parseChallenges(headers['www-authenticate']).some(
    ({ params }) => params['error'] === 'insufficient_scope',
  );
  const url = new URL(response.url);
  const isManifest = /\/manifests\/[^/]+$/.test(url.pathname);
  const [code, retryable] = meaning(status, { ...request, isManifest }, body, insufficient);
  const params = {
    method: request.method,
    url: redactedUrl(url),
    host: url.host,
    status,
    reason: body.summary || `HTTP ${status}`,
    project: projectOf(url),
    repository: repositoryOf(url),
  };
  const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
  return new Refusal(
    code,
    { origin: request.origin, retryable, params },
    { status, codes: body.codes, retryAfterMs },
  );
}

function meaning(
  status: number,
  { method, anonymous, isManifest }: RefusedRequest & { readonly isManifest: boolean },
  body: ErrorBody,
  insufficient: boolean,
): readonly [ErrorCode, boolean] {
  const { text, codes } = body;
  const writes = method === 'POST' || method === 'PUT' || method === 'PATCH';
  // distribution prints the error numbers of the system: 28 is ENOSPC, 122 is EDQUOT.
  if (
    status === 507 ||
    (status >= 500 && /no space left on device|quota exceeded|"Err":(?:28|122)\b/i.test(text))
  ) {
    return ['registry.no-space', false];
  }
  if (status === 412 || (status >= 400 && status < 500 && /immutable/i.test(text)))
    return ['registry.tag-immutable', false];
  if (status === 403 && /exceed the configured upper limit|quota/i.test(text))
    return ['registry.quota-exceeded', false];
  if (writes && (status === 405 || (status === 403 && /read.?only/i.test(text))))
    return ['registry.read-only', false];
  if (/project \S+ not found|Unsupported docker v2 repository request/i.test(text))
    return ['registry.project-missing', false];
  if (status === 401 || status === 403) return loginMeaning(status, text, anonymous, insufficient);
  if (status === 429) return ['registry.busy', true];
  if (status === 415) return ['registry.media-type-refused', false];
  if (status === 413 && !codes.includes('MANIFEST_INVALID')) return ['registry.body-too-large', false];
  // Nexus answers with an upload code where it does not let a manifest be overwritten; nothing was interrupted there.
  const isUpload =
    codes.includes('BLOB_UPLOAD_UNKNOWN') || codes.includes('BLOB_UPLOAD_INVALID') || status === 416;
  if (isUpload && !isManifest) return ['registry.upload-interrupted', true];
  if (codes.includes('DIGEST_INVALID') && !codes.includes('MANIFEST_BLOB_UNKNOWN'))
    return ['registry.digest-refused', false];
  if (method === 'PUT' && status < 500 && namesMissingPart(status, body))
    return ['registry.blob-unknown', false];
  // distribution answers every manifest that has a layer with `urls` with 500 and this code.
  if (status >= 500) return ['registry.server-error', !codes.includes('MANIFEST_BLOB_UNKNOWN')];
  if (status === 408 || status === 499) return ['registry.server-error', true];
  if (body.isHtml) return ['registry.not-a-registry', false];
  return ['registry.refused', false];
}

function loginMeaning(
  status: number,
  text: string,
  anonymous: boolean,
  insufficient: boolean,
): readonly [ErrorCode, boolean] {
  if (anonymous) return ['registry.credentials-needed', false];
  if (status === 403 || insufficient || /unauthorized to access|denied/i.test(text))
    return ['registry.forbidden', false];
  // Harbor answers 401 to good credentials while its database is down; this ends by itself.
  return ['registry.login-lost', true];
}

/** True when a manifest names a blob or child that the repository does not have. distribution, Harbor (children) and zot differ. */
function namesMissingPart(status: number, { codes, details }: ErrorBody): boolean {
  if (codes.some((code) => code === 'MANIFEST_BLOB_UNKNOWN' || code === 'BLOB_UNKNOWN')) return true;
  if (status === 404) return codes.includes('NOT_FOUND') || codes.includes('MANIFEST_UNKNOWN');
  // zot answers MANIFEST_INVALID with a detail that holds the reference only.
  return status === 400 && codes[0] === 'MANIFEST_INVALID' && isOnlyReference(details[0]);
}

function isOnlyReference(detail: unknown): boolean {
  if (typeof detail !== 'object' || detail === null) return false;
  return (
    'reference' in detail && Object.keys(detail).every((key) => key === 'reference' || key === 'description')
  );
}

/** `host/name` of a `/v2/` URL, or the host alone. */
function repositoryOf(url: URL): string {
  const name = /^\/v2\/(.+)\/(?:blobs|manifests|tags)\//.exec(url.pathname)?.[1];
  return name === undefined ? url.host : `${url.host}/${name}`;
}

/** Harbor's project and JFrog's repository key: the first segment of the repository. */
function projectOf(url: URL): string {
  return url.pathname.split('/')[2] ?? '';
}

// Asks GET /v2/ whether a registry answers there and how it wants clients to log in.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#determining-support
import { AppError } from '../../errors.js';
import { parseChallenges, type Challenge } from '../http/challenge.js';
import { refusalOf } from '../http/refusal.js';
import type { Transport } from '../http/transport-types.js';

export interface FirstAnswer {
  /** True for 200: this login, or none, is enough. */
  readonly welcome: boolean;
  /** The login that it asks for; empty when welcome. */
  readonly challenges: readonly Challenge[];
  readonly headers: Readonly<Record<string, string>>;
}

/** Asks once, with or without Authorization. Throws an AppError for a status other than 200 and 401, and for a web page. */
export async function greetRegistry(
  transport: Transport,
  base: URL,
  authorization: string | null,
  { signal }: { readonly signal: AbortSignal },
): Promise<FirstAnswer> {
  const url = new URL('/v2/', base).href;
  const sent = authorization === null ? {} : { authorization };
  const response = await transport
    .send({ method: 'GET', url, headers: sent, signal })
    .catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code !== 'registry.host-not-allowed') throw error;
      throw new AppError('registry.moved', {
        origin: transport.origin,
        params: { host: base.host, url: error.params['url'] ?? '' },
        cause: error,
      });
    });
  const { status, headers } = response;
  const { origin } = transport;
  const notARegistry = new AppError('registry.not-a-registry', { origin, params: { host: base.host } });
  if (status === 200 || status === 401) {
    await response.discard();
    // Credentials are not sent to another server, so whether they are right is not known.
    const answered = new URL(response.url);
    if (status === 401 && answered.origin !== base.origin) {
      throw new AppError('registry.moved', { origin, params: { host: base.host, url: answered.origin } });
    }
    // Harbor's portal, and many web servers, answer any path with 200 and a page.
    if (status === 200 && (headers['content-type'] ?? '').includes('text/html')) throw notARegistry;
    return {
      welcome: status === 200,
      challenges: status === 200 ? [] : parseChallenges(headers['www-authenticate']),
      headers,
    };
  }
  const refusal = await refusalOf(response, { method: 'GET', origin, anonymous: authorization === null });
  throw status === 404 || refusal.code === 'registry.refused' ? notARegistry : refusal;
}

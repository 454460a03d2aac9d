// Asks a server for a sign of life, to tell a server that is away from a request that failed.
import { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { mayBeAway } from './away.js';
import { parseChallenges } from './challenge.js';
import { refusalOf } from './refusal.js';
import type { HttpResponse, Transport } from './transport-types.js';

/** A server that takes longer for its shortest answer does not answer. */
const PROBE_MS = 10_000;

/**
 * Asks for `url`, a small page of the server that needs no rights, without credentials. Any answer below 500 is a sign of life. Where it asks
 * for a token, the token service must answer as well. Gives null, or why there was none.
 */
export async function probeServer(
  transport: Transport,
  url: string,
  { signal }: Cancellable,
): Promise<AppError | null> {
  const time = AbortSignal.timeout(PROBE_MS);
  try {
    const ask = (page: string) =>
      transport.send({ method: 'GET', url: page, isProbe: true, signal: AbortSignal.any([signal, time]) });
    const answer = await ask(url);
    if (answer.status >= 500) return await refusalBy(answer, transport);
    await answer.discard();
    const realm = answer.status === 401 ? realmOf(answer) : null;
    if (realm === null) return null;
    const tokens = await ask(realm);
    if (tokens.status >= 500) return await refusalBy(tokens, transport);
    await tokens.discard();
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    if (error instanceof AppError) return mayBeAway(error) ? error : null;
    if (!time.aborted) throw error;
    const params = { host: new URL(url).host, reason: `${String(PROBE_MS / 1_000)} s` };
    return new AppError('registry.unreachable-timeout', {
      origin: transport.origin,
      params,
      retryable: true,
    });
  }
}

function refusalBy(answer: HttpResponse, { origin }: Transport): Promise<AppError> {
  return refusalOf(answer, { method: 'GET', origin, anonymous: true });
}

function realmOf({ headers, url }: HttpResponse): string | null {
  const realm = parseChallenges(headers['www-authenticate']).find(({ scheme }) => scheme === 'bearer')
    ?.params['realm'];
  return realm !== undefined && URL.canParse(realm, url) ? new URL(realm, url).href : null;
}

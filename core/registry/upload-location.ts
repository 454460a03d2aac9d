// Where the next request of an upload goes: the newest Location, whatever form it has.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
import type { Digest } from '../content/digest.js';
import type { HttpResponse } from './http/transport-types.js';

/**
 * The Location of an answer, or `previous` when there is none: relative or absolute, with or without a query. Other hosts stay as they
 * are and meet the door's list of hosts; but a registry behind a TLS proxy that does not know it names its own host with http, which
 * must not lead away from https.
 */
export function uploadLocation(base: URL, response: HttpResponse, previous: URL | null): URL | null {
  const location = response.headers['location'];
  if (location === undefined || !URL.canParse(location, response.url)) return previous;
  const url = new URL(location, response.url);
  if (url.host === base.host) url.protocol = base.protocol;
  return url;
}

/** The Location that closes an upload. The query is kept to the letter: distribution's `_state` is signed. */
export function closingLocation(location: URL, digest: Digest): URL {
  const url = new URL(location);
  url.search = `${location.search === '' ? '?' : `${location.search}&`}digest=${digest}`;
  return url;
}

// Finds the URL for the next request of an upload from the Location header of the last answer.
// https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-blobs
import type { Digest } from '../content/digest.js';
import type { HttpResponse } from './http/transport-types.js';

/**
 * The Location of an answer as an absolute URL, or `previous` when there is none. Another host is not changed; the transport refuses it
 * unless it is allowed. A registry behind a TLS proxy may name its own host with http; then the scheme of `base` is used.
 */
export function uploadLocation(base: URL, response: HttpResponse, previous: URL | null): URL | null {
  const location = response.headers['location'];
  if (location === undefined || !URL.canParse(location, response.url)) return previous;
  const url = new URL(location, response.url);
  if (url.host === base.host) url.protocol = base.protocol;
  return url;
}

/** The URL of the PUT that ends an upload: `digest` is appended and the query kept unchanged, because distribution signs its `_state`. */
export function closingLocation(location: URL, digest: Digest): URL {
  const url = new URL(location);
  url.search = `${location.search === '' ? '?' : `${location.search}&`}digest=${digest}`;
  return url;
}

// The hosts that a target may be contacted at: an air-gapped network has no others, and a redirect must not find one.

/** `host:port` with the scheme's default port filled in, lower case; IPv6 in brackets. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`.toLowerCase();
}

/** Tells whether a URL's host is in the list; entries are `host:port`, and a host alone means port 443, as a registry without scheme means https. */
export function allowHosts(entries: readonly string[]): (url: URL) => boolean {
  const hosts = new Set(entries.map((entry) => (/:\d+$/.test(entry) ? entry : `${entry}:443`).toLowerCase()));
  return (url) => (url.protocol === 'http:' || url.protocol === 'https:') && hosts.has(hostAndPort(url));
}

/** A URL as a message may show it: without user, password and query, where signatures of storage links stand. */
export function redactedUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

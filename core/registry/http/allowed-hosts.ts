// Decides which hosts may be contacted: the target's own and those that the user allowed. Redirects are held to the same list.

/** `host:port` with the scheme's default port filled in, lower case; IPv6 in brackets. */
export function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`.toLowerCase();
}

/** Returns a function that tells whether a URL's host is in the list. Entries are `host:port`; a host alone means port 443. */
export function allowHosts(entries: readonly string[]): (url: URL) => boolean {
  const hosts = new Set(entries.map((entry) => (/:\d+$/.test(entry) ? entry : `${entry}:443`).toLowerCase()));
  return (url) => (url.protocol === 'http:' || url.protocol === 'https:') && hosts.has(hostAndPort(url));
}

/** A URL for messages and logs: without user, password and query, because the query of a storage link holds its signature. */
export function redactedUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

// Parses the URL of a chart repository. Its path may be a tenant, a context path or both, and is always kept.
import { AppError } from '../errors.js';

export interface RepositoryUrl {
  /** `http(s)://host[:port]`. */
  readonly origin: string;
  /** Path segments, encoded as in the given URL. */
  readonly segments: readonly string[];
  /** The URL for messages: without credentials, query and slash at the end. */
  readonly shown: string;
}

/**
 * Parses a URL and drops `/index.yaml` at its end. Throws `chart-repo.illegal-url`, also for the segment `..`: a ChartMuseum reads it as
 * a tenant and writes outside of its storage, and URL parsers would resolve it without an error.
 */
export function parseRepositoryUrl(text: string): RepositoryUrl {
  const match = /^(https?):\/\/([^/?#]+)([^?#]*)/i.exec(text.trim());
  const host = match?.[2]?.split('@').at(-1) ?? '';
  const shown = `${match?.[1]?.toLowerCase() ?? 'http'}://${host}${match?.[3] ?? ''}`.replace(/\/+$/, '');
  const illegal = (detail: string): AppError =>
    new AppError('chart-repo.illegal-url', { origin: 'config', params: { url: shown, detail } });
  if (!match || !URL.canParse(shown)) throw illegal('not an http or https URL');
  if (match[2]?.includes('@')) throw illegal('it holds credentials');
  const segments = (match[3] ?? '').split('/').filter((segment) => segment !== '');
  if (segments.some(isDots)) throw illegal('a path segment is . or ..');
  if (segments.at(-1) === 'index.yaml') segments.pop();
  const origin = new URL(shown).origin;
  return { origin, segments, shown: [origin, ...segments].join('/') };
}

function isDots(segment: string): boolean {
  return /^\.{1,2}$/.test(segment.replace(/%2e/gi, '.')) || /%2f|%5c|\\/i.test(segment);
}

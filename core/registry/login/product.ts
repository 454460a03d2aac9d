// Tells from the headers of the first answer which registry software is running, without further requests.
import { parseChallenges } from '../http/challenge.js';

export type Product = 'harbor' | 'distribution' | 'zot' | 'jfrog' | 'unknown';

/** The product that sent these headers in its first answer to `GET /v2/` (names in lower case); `unknown` when they do not tell. */
export function productOf(headers: Readonly<Record<string, string>>): Product {
  const names = parseChallenges(headers['www-authenticate']).map(
    ({ params }) => `${params['realm'] ?? ''} ${params['service'] ?? ''}`,
  );
  const says = (word: string): boolean => names.some((name) => name.toLowerCase().includes(word));
  if (says('harbor')) return 'harbor';
  if (
    says('artifactory') ||
    Object.keys(headers).some((name) => name.startsWith('x-jfrog') || name.startsWith('x-artifactory'))
  ) {
    return 'jfrog';
  }
  if (says('zot') || (headers['access-control-allow-headers'] ?? '').toUpperCase().includes('X-ZOT-'))
    return 'zot';
  return headers['docker-distribution-api-version'] === undefined ? 'unknown' : 'distribution';
}

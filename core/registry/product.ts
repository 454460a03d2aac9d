// Which registry software answers, as far as its first answer tells without further questions.
// Harbor's version and project API and JFrog's repository API are asked for elsewhere, where they are needed.
import { parseChallenges } from './http/challenge.js';

export type Product = 'harbor' | 'distribution' | 'zot' | 'jfrog' | 'unknown';

/** Judges the headers of the first answer to `GET /v2/`. */
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

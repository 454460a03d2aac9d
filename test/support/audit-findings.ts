// The findings of an audit, one line for each, for tests that expect exactly these.
import type { Audit } from '../../core/contract.js';

/** Lines `chart version reference state lacking`, `chart version code`, and codes of the whole audit, sorted; without the host. */
export function findingsOfAudit(audit: Audit, host = ''): readonly string[] {
  const short = (text: string): string => (host === '' ? text : text.replaceAll(`${host}/`, ''));
  const lines = audit.charts.flatMap(({ name, version, problem, images }) => [
    ...(problem ? [`${name} ${version} ${problem.code}`] : []),
    ...images
      .filter((image) => image.state !== 'ok')
      .map(({ reference, state, lacking }) => [name, version, short(reference), state, ...lacking].join(' ')),
  ]);
  return [...lines, ...audit.problems.map(({ code }) => code)].sort();
}

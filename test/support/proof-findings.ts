// The findings of a proof, one line for each, for tests that expect exactly these.
import type { Proof } from '../../core/contract.js';

/** Lines `host/repo:tag code`, `chart code` and `chart reference code`, sorted; without the host. */
export function findingsIn(proof: Proof, host = ''): readonly string[] {
  const short = (text: string): string => (host === '' ? text : text.replaceAll(`${host}/`, ''));
  return [
    ...proof.images.flatMap(({ target, problems }) => problems.map(({ code }) => `${short(target)} ${code}`)),
    ...proof.charts.flatMap(({ name, version, problem, images }) => [
      ...(problem ? [`${name} ${version} ${problem.code}`] : []),
      ...images.flatMap((image) =>
        image.problem ? [`${name} ${version} ${short(image.reference)} ${image.problem.code}`] : [],
      ),
    ]),
    ...proof.problems.map(({ code }) => code),
  ].sort();
}

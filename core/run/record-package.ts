// What the journal and the watchers are told about a package once it was read.
import { AppError } from '../errors.js';
import { placeIn, referenceIn } from '../target/place.js';
import type { ImportRun } from './import-job.js';
import type { ReadPackage } from './pass/look-at-package.js';

/** Records the package, the images that its charts name in the target, its problems and its notes. */
export async function recordPackage({ job, record }: ImportRun, read: ReadPackage): Promise<void> {
  const { source, sha512, findings, problem, notes } = read;
  const { images } = job.target;
  if (!job.request.plan) record.offered(findings.offers.values());
  await record.packageRead(source.path, sha512);
  for (const chart of findings.charts) {
    const named = images
      ? chart.plan.images.map((one) => referenceIn(images, placeIn(images, one.target)))
      : [];
    await record.chartImages(chart, named);
  }
  if (problem) await record.problem(problem);
  for (const one of findings.problems) await record.problem(one);
  for (const note of notes) await record.note(note);
}

/** Notes that the packages hold nothing to import although nothing of them is damaged. */
export async function noteNothingToImport(
  { record }: ImportRun,
  read: readonly ReadPackage[],
): Promise<void> {
  const isEmpty = ({ findings, problem }: ReadPackage): boolean =>
    problem === null && findings.offers.size + findings.charts.length + findings.problems.length === 0;
  if (read.every(isEmpty)) await record.note(new AppError('run.nothing-to-import', { origin: 'config' }));
}

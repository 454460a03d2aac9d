// Images that are whole and must not be imported all the same: what they say of their platform is not what they are.
import { formatPlatform } from '../content/platform.js';
import { AppError, type Problem } from '../errors.js';
import type { PackageImage } from '../package/stream/package-stream.js';

/** True when the programs inside are of another architecture than the config claims, or the config claims none. */
export function isMislabelled({ platform, programs }: Pick<PackageImage, 'platform' | 'programs'>): boolean {
  return platform.architecture === '' || programs.verdict === 'mislabelled';
}

/** The problem of an image whose programs belie its config; null for any other, also for one whose config claims nothing. */
export function mislabelledProblem(
  source: string,
  { platform, programs }: Pick<PackageImage, 'platform' | 'programs'>,
  code: 'plan.image-mislabelled' | 'run.mislabelled-let-in' = 'plan.image-mislabelled',
): AppError | null {
  if (programs.verdict !== 'mislabelled') return null;
  return new AppError(code, {
    origin: 'package',
    params: {
      image: source,
      claimed: formatPlatform(platform),
      found: programs.found ?? '',
      example: programs.example ?? '',
    },
  });
}

/** True for the problem of an image that was left out although it is whole: it is `blocked`, not `failed`. */
export function isLeftOut(problem: Pick<Problem, 'code'> | null): boolean {
  return problem?.code === 'plan.image-mislabelled';
}

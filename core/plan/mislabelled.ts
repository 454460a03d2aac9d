// Mislabelled images: complete, but their config claims another platform than their programs are built for. They are left out.
import { formatPlatform } from '../content/platform.js';
import { AppError, type Problem } from '../errors.js';
import type { PackageImage } from '../package/stream/package-stream.js';

/** True when the programs inside are of another architecture than the config claims, or the config claims none. */
export function isMislabelled({ platform, programs }: Pick<PackageImage, 'platform' | 'programs'>): boolean {
  return platform.architecture === '' || programs.verdict === 'mislabelled';
}

/**
 * The problem of an image whose programs are for another platform than its config claims; null for every other image, also for
 * one whose config claims none. `source` names the image in the message.
 */
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

/** True for the problem of an image that was left out although it is complete; its action is `blocked`, not `failed`. */
export function isLeftOut(problem: Pick<Problem, 'code'> | null): boolean {
  return problem?.code === 'plan.image-mislabelled';
}

// Decides whether a package that was read is proven: by its checksum where one is known, else by what its archive shows.
import { AppError } from '../errors.js';
import type { PackageSource } from '../package/source/open-package.js';
import type { ErrorCode } from '../messages/catalog.js';

/** What the SHA-512 of the file disproves: the archive may be cut, which only shows at its end. */
const MAYBE_CUT: ReadonlySet<ErrorCode> = new Set(['package.maybe-cut', 'package.zeros-at-end']);
/** What the SHA-512 of the file proves: text that nothing inside the package does. */
const TEXT_UNPROVEN: ErrorCode = 'package.text-unproven';

export interface ProofFacts {
  /** SHA-512 of the file in hex; null when it was not computed. */
  readonly sha512: string | null;
  readonly notes: readonly AppError[];
  /** Why the package as a whole is not proven; null when it is. */
  readonly problem: AppError | null;
}

/**
 * Takes the expected SHA-512 into account. A file with another one is a problem. A file with the right one is proven as it is;
 * without one, an archive that may be cut is a problem.
 * @param expected SHA-512 in hex that the file must have; null: none is known
 */
export function provePackage(
  source: PackageSource,
  expected: string | null,
  { sha512, notes, problem }: ProofFacts,
): ProofFacts {
  const isKnown = expected !== null && sha512 !== null;
  if (isKnown && sha512 !== expected)
    return { sha512, notes, problem: checksumMismatch(source, expected, sha512) };
  const rest = notes.filter(({ code }) => !MAYBE_CUT.has(code));
  if (isKnown) return { sha512, notes: rest.filter(({ code }) => code !== TEXT_UNPROVEN), problem };
  return { sha512, notes: rest, problem: problem ?? notes.find(({ code }) => MAYBE_CUT.has(code)) ?? null };
}

function checksumMismatch(source: PackageSource, expected: string, actual: string): AppError {
  const start = (hex: string) => `${hex.slice(0, 16)}…`;
  return new AppError('package.checksum-mismatch', {
    origin: 'package',
    params: { file: source.fileName, expected: start(expected), actual: start(actual) },
  });
}

// The first look at a package: it is read, or what an earlier look has recorded is used again.
import { platformKey, platformKeyOf } from '../../content/platform.js';
import type { Reference } from '../../content/reference.js';
import type { NamingRules } from '../../chart/relocation/naming.js';
import type { AppError } from '../../errors.js';
import type { PauseGate } from '../../flow/pause-gate.js';
import { readRecorded, recallPackage } from '../../inspect/examine-package.js';
import { provePackage } from '../../inspect/package-proof.js';
import type { PackageSource } from '../../package/source/open-package.js';
import type { PackageFacts } from '../../package/stream/package-stream.js';
import { notShipped, settleCharts, type Holds } from '../../plan/absent-images.js';
import type { SelectionRules } from '../../plan/selection.js';
import type { Cancellable } from '../../ports/cancellable.js';
import type { TagReader } from '../../ports/tag-reader.js';
import type { Counters } from '../base/counters.js';
import type { Spool } from '../base/spool.js';
import type { BlobSender } from '../upload/blob-sender.js';
import type { BundleAdmission } from './bundle-admission.js';
import { emptyFindings, PackagePass, type PackageFindings } from './package-pass.js';

/** How packages are read. */
export interface LookingOptions extends Cancellable {
  readonly rules: NamingRules;
  readonly selection: SelectionRules;
  /** Names images that nothing else names (`--image-name`); null: they stay nameless. */
  readonly imageName: Reference | null;
  /** Null with `--no-images`. */
  readonly images: TagReader | null;
  readonly spool: Spool;
  readonly counters: Counters;
  /** SHA-512 in hex that a package must have; null: none is known. */
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** Images of a package that is not proven may get names. */
  readonly acceptUnproven: boolean;
  /** Images whose programs are of another architecture than the config claims may get names. */
  readonly allowMislabelled: boolean;
  /** Images with Docker's media types get those of OCI. */
  readonly convertToOci: boolean;
  /** The target takes OCI media types only: reading ends at the first image with Docker's. */
  readonly onlyOci: boolean;
  /** The inspect cache lies under it: it is used where nothing is sent, and a first pass leaves a record in it. */
  readonly stateDir: string;
  /** Do not use the inspect cache. */
  readonly reread: boolean;
  /** Where reading waits. */
  readonly pause: Pick<PauseGate, 'passed'>;
}

/** A package after one or more passes. */
export interface ReadPackage {
  readonly source: PackageSource;
  readonly findings: PackageFindings;
  /** In hex; null when it was not computed. */
  readonly sha512: string | null;
  /** Why the package as a whole is not proven; then none of its names is written, unless unproven packages are accepted. */
  readonly problem: AppError | null;
  /** Oddities and omissions of the package that leave nothing undone: missing end blocks, skipped files, images not shipped. */
  readonly notes: readonly AppError[];
}

/**
 * Reads a package and sends nothing; an unchanged package that was read before is not read again. Damage is in `problem`; only
 * failures that concern no package are thrown.
 */
export async function lookAtPackage(
  source: PackageSource,
  packageAt: number,
  options: LookingOptions,
): Promise<ReadPackage> {
  return (
    (await recalledPackage(source, packageAt, options)) ?? (await firstPass(source, packageAt, null, options))
  );
}

/** What an earlier look recorded of an unchanged package; null where the package has to be read. */
export async function recalledPackage(
  source: PackageSource,
  packageAt: number,
  options: LookingOptions,
): Promise<ReadPackage | null> {
  const { stateDir, reread, signal } = options;
  const findings = emptyFindings();
  const pass = new PackagePass({ ...options, ...NOTHING_SENT, packageAt, wanted: null }, findings);
  const sha512 = options.expectedSha512(source) !== null;
  const scope = { stateDir, reread, sha512, programs: true, signal };
  const facts = await endOfPass(pass, recallPackage(source, pass, scope));
  return facts && found(source, findings, facts, options);
}

/** What a pass sends blobs with, and what says where they may go. */
export interface Sending {
  readonly sender: BlobSender;
  readonly admission: BundleAdmission;
}

const NOTHING_SENT = { sender: null, admission: null } as const;

/** Reads the package and records what was seen. With a sender, blobs go to the target as they come by. */
export async function firstPass(
  source: PackageSource,
  packageAt: number,
  sending: Sending | null,
  options: LookingOptions,
): Promise<ReadPackage> {
  const { counters, stateDir, signal } = options;
  const findings = emptyFindings();
  const pass = new PackagePass(
    { ...options, ...(sending ?? NOTHING_SENT), packageAt, wanted: null },
    findings,
  );
  counters.passStarted(source.fileName, source.bytes);
  const scope = { programs: true, sha512: options.expectedSha512(source) !== null };
  const facts = await endOfPass(pass, readRecorded(source, pass, scope, { stateDir, signal }));
  return found(source, findings, facts, options);
}

/** Waits for all work that a pass started, also when reading fails. The failure of the reading is thrown before any other. */
export async function endOfPass<T>(pass: PackagePass, reading: Promise<T>): Promise<T> {
  await reading.catch(() => pass.finish()).catch(() => undefined);
  const facts = await reading;
  await pass.finish();
  return facts;
}

/** Images of a package that is not proven get no name, unless that was accepted. */
export function excludeUnproven(
  { offers }: PackageFindings,
  problem: AppError | null,
  { acceptUnproven }: Pick<LookingOptions, 'acceptUnproven'>,
): void {
  if (!problem || acceptUnproven) return;
  for (const offer of offers.values()) offer.exclude(problem);
}

/** Which whole images the package holds, in whatever bundle. */
function heldBy({ offers }: PackageFindings): Holds {
  const held = new Map<string, Set<string>>();
  for (const { sources, platform, problem } of offers.values()) {
    for (const source of problem ? [] : sources) {
      const platforms = held.get(source) ?? new Set();
      held.set(source, platforms.add(platformKey(platform)));
    }
  }
  return (source, platforms) => {
    const own = held.get(source);
    return own !== undefined && platforms.every((platform) => own.has(platformKeyOf(platform)));
  };
}

function found(
  source: PackageSource,
  seen: PackageFindings,
  facts: PackageFacts & Pick<ReadPackage, 'problem'>,
  options: LookingOptions,
): ReadPackage {
  const proof = provePackage(source, options.expectedSha512(source), facts);
  const charts = settleCharts(seen.charts, facts.yamlFiles, source.fileName, heldBy(seen));
  const findings = { ...seen, charts: [...charts] };
  excludeUnproven(findings, proof.problem, options);
  const omissions = charts.flatMap((chart) => [...chart.notes, ...notShipped(chart)]);
  return { source, findings, ...proof, notes: [...proof.notes, ...omissions] };
}

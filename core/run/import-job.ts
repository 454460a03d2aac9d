// What an import and its plan work with, and the options of their steps that follow from the request.
import { join } from 'node:path';
import type { Digest } from '../content/digest.js';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { ImportRequest, ReportPackage, RunEvent } from '../contract.js';
import { DEFAULT_UPLOADS } from '../flow/limits.js';
import type { Patience } from '../flow/patience.js';
import type { PauseGate } from '../flow/pause-gate.js';
import type { PackageLabel } from '../inspect/package-labels.js';
import type { FormerImages } from '../journal/known-versions.js';
import type { Journal } from '../journal/journal.js';
import { readImageName } from '../package/images/name-images.js';
import type { PackHead } from '../package/read-pack-head.js';
import type { PackageSource } from '../package/source/open-package.js';
import { choicesOf, NO_CHOICES } from '../plan/planned-choices.js';
import type { SelectionRules } from '../plan/selection.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { ImageTarget } from '../ports/image-target.js';
import type { ConnectedTarget } from '../target/connect.js';
import type { Counters } from './base/counters.js';
import { ProjectGate } from './base/project-gate.js';
import type { RunRecord } from './base/run-record.js';
import type { Spool } from './base/spool.js';
import { tagDeciderFor, type DecidingJob } from './deciders.js';
import type { FreeBytes } from './forecast/needed-space.js';
import { BundleAdmission } from './pass/bundle-admission.js';
import type { LookingOptions } from './pass/look-at-package.js';
import type { SendingOptions } from './pass/send-package.js';
import type { TagDecider } from './tags/tag-decider.js';
import type { EarlyDecider } from './tags/tag-writer.js';
import { BlobPresence } from './upload/blob-presence.js';
import { BlobSender } from './upload/blob-sender.js';
import { DiskWindow } from './upload/disk-window.js';

const DEFAULT_PASSES = 3;
/** Bytes. */
const DEFAULT_DISK_WINDOW = 2 * 1024 ** 3;

/** What an import and its plan work with; opened and closed by the caller. */
export interface PlanJob extends Cancellable {
  readonly request: Omit<ImportRequest, 'packages'>;
  readonly sources: readonly PackageSource[];
  /** As they are described before they are read, in the order of the sources. */
  readonly packages: readonly ReportPackage[];
  readonly labels: readonly PackageLabel[];
  /** What packs say of themselves, in the order of the sources; null for every other package. */
  readonly heads: readonly (PackHead | null)[];
  readonly target: ConnectedTarget;
  readonly rules: NamingRules;
  readonly selection: SelectionRules;
  readonly spool: Spool;
  /** The inspect cache lies under it. */
  readonly stateDir: string;
  readonly counters: Counters;
  readonly patience: Patience;
  /** SHA-512 in hex that a package must have; null: none is known. */
  readonly expectedSha512: (source: PackageSource) => string | null;
  /** Version of the package that brought a manifest, from the journals of former runs; null when none tells. */
  readonly versionOf: (digest: Digest) => string | null;
  /** Source references of an image under a tag of the target, from the same journals. */
  readonly sourcesOf: FormerImages['sourcesOf'];
  readonly freeBytes: FreeBytes;
  /** Options that weaken safety, as plan and report name them. */
  readonly weakened: readonly string[];
  readonly emit: (event: RunEvent) => void;
}

/** What an import works with; opened and closed by the caller. */
export interface ImportJob extends PlanJob {
  readonly request: ImportRequest;
  readonly journal: Journal;
  readonly pause: PauseGate;
}

/** What reads and writes the images of a target. */
export interface ImageTools {
  readonly target: ImageTarget;
  readonly presence: BlobPresence;
  readonly sender: BlobSender;
  readonly decider: TagDecider;
  /** Decides from what was read while blobs were sent. */
  readonly early: EarlyDecider;
}

/** An import under way. */
export interface ImportRun {
  readonly job: ImportJob;
  readonly gate: ProjectGate;
  readonly record: RunRecord;
  /** Null with `--no-images`. */
  readonly tools: ImageTools | null;
}

/** What decides about the projects of the target. */
export function projectGateFor({ request, target, signal }: PlanJob): ProjectGate {
  return new ProjectGate({
    projectsAt: (host, options) => target.projectsAt(host, options),
    rightsAt: (host, side) => target.rightsAt(host, side),
    createProjects: request.createProjects ?? 'like-existing',
    signal,
  });
}

/** Opens what reads and writes images; null with `--no-images`. */
export function imageToolsFor(job: ImportJob): ImageTools | null {
  const { counters, request, signal } = job;
  const target = job.target.images;
  if (!target) return null;
  const presence = new BlobPresence(target, { signal });
  const sending = {
    target,
    counters,
    concurrency: request.concurrency ?? DEFAULT_UPLOADS,
    bytesPerSecond: request.limitRate ?? null,
    window: new DiskWindow(join(job.journal.directory, 'blobs'), request.diskWindow ?? DEFAULT_DISK_WINDOW),
    signal,
  };
  const sender = new BlobSender(sending, presence);
  const { listed } = sender;
  const early = {
    decider: tagDeciderFor(decidingJob(job), listed.reader(), presence),
    hasRead: (repository: string, tag: string) => listed.hasRead(repository, tag),
  };
  return { target, presence, sender, decider: tagDeciderFor(decidingJob(job), target, presence), early };
}

/** The decisions of a person in the plan that is carried out, if there is one, go before the policies. */
export function decidingJob(job: PlanJob): DecidingJob {
  const { plan } = job.request;
  return { ...job, choices: plan ? choicesOf(plan) : NO_CHOICES };
}

/** How packages are looked at without sending anything. Reading waits while a person has paused it, and while a server is away. */
export function lookingOptions(job: PlanJob, pause: PauseGate): LookingOptions {
  const { patience, rules, selection, target, counters, request, spool, stateDir, expectedSha512, signal } =
    job;
  return {
    rules,
    selection,
    imageName: readImageName(request.imageName),
    images: target.images,
    spool,
    counters,
    expectedSha512,
    acceptUnproven: request.acceptUnproven ?? false,
    allowMislabelled: request.allowMislabelled ?? false,
    convertToOci: request.target.convertToOci ?? false,
    onlyOci: false,
    stateDir,
    reread: request.reread ?? false,
    pause: {
      passed: async (options) => {
        await pause.passed(options);
        await patience.passed(options);
      },
    },
    signal,
  };
}

/** How packages are read while their blobs are sent. */
export function sendingOptions(
  { job, gate }: Pick<ImportRun, 'job' | 'gate'>,
  { sender }: ImageTools,
): SendingOptions {
  const admission = new BundleAdmission(job.target, gate, job);
  const passes = job.request.passes ?? DEFAULT_PASSES;
  return { ...lookingOptions(job, job.pause), sender, admission, passes };
}

// Pushes the receipt of a run into its target, after all else of the run is done.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { NamingRules } from '../chart/relocation/naming.js';
import type { Report, ReportReceipt } from '../contract.js';
import { AppError } from '../errors.js';
import { onDisk } from '../layout/disk-error.js';
import type { ImageTarget } from '../ports/image-target.js';
import { referenceIn } from '../target/place.js';
import type { Journal } from '../journal/journal.js';
import {
  encodeReceipt,
  indexOfReceipt,
  isFormerFile,
  receiptRepositories,
  type EncodedReceipt,
} from './receipt.js';
import type { Cancellable } from '../ports/cancellable.js';

/** Error codes after which the next place for receipts is tried. */
const OTHER_PLACE = new Set(['registry.project-missing', 'registry.forbidden']);

export interface PushedReceipt extends ReportReceipt {
  /** Files with former content that are too large for the receipt. */
  readonly leftOut: readonly string[];
}

/**
 * Pushes journal, report and former content of a run. Throws `receipt.too-large`, or the first refusal of the target when it takes
 * the receipt in none of the places for receipts.
 */
export async function pushReceipt(
  { target, rules, journal }: { target: ImageTarget; rules: NamingRules; journal: Journal },
  report: Report,
  options: Cancellable,
): Promise<PushedReceipt> {
  const receipt = encodeReceipt({
    started: report.started,
    journal: Buffer.from(journal.entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')),
    report: Buffer.from(`${JSON.stringify(report, null, 2)}\n`),
    former: await formerFiles(journal.directory, options),
  });
  if (!receipt.fits) throw new AppError('receipt.too-large', { origin: 'app', params: { run: journal.run } });
  let refused: unknown = null;
  for (const repository of receiptRepositories(target, rules)) {
    try {
      const digest = await putReceipt(target, repository, journal.run, receipt, options);
      await target.flush(options);
      const reference = referenceIn(target, { repository, tag: journal.run });
      return { reference, digest, leftOut: receipt.leftOut };
    } catch (error) {
      if (!(error instanceof AppError) || !OTHER_PLACE.has(error.code)) throw error;
      refused ??= error;
    }
  }
  throw refused;
}

async function putReceipt(
  target: ImageTarget,
  repository: string,
  tag: string,
  { manifest, blobs }: EncodedReceipt,
  options: Cancellable,
): Promise<string> {
  for (const [digest, bytes] of blobs) {
    // the empty config is the same for all receipts
    if ((await target.blobSize(repository, digest, options)) !== bytes.length)
      await target.putBlob(repository, digest, bytes.length, bytes, options);
  }
  if (!target.namesAreIndexes) {
    await target.putManifest(repository, tag, manifest, options);
    return manifest.digest;
  }
  const index = indexOfReceipt(manifest);
  await target.putManifest(repository, manifest.digest, manifest, options);
  await target.putManifest(repository, tag, index, options);
  return index.digest;
}

async function formerFiles(directory: string, { signal }: Cancellable): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for (const folder of ['charts', 'lists', 'manifests']) {
    const names = await readdir(join(directory, folder)).catch(() => []);
    for (const name of names) {
      signal.throwIfAborted();
      const path = join(directory, folder, name);
      const bytes = await onDisk(path, 'read', () => readFile(path));
      if (isFormerFile(`${folder}/${name}`, bytes)) files.set(`${folder}/${name}`, bytes);
    }
  }
  return files;
}

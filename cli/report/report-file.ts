// Writes a report to a file, with its signature in a second file, and checks such a file.
import { readFile } from 'node:fs/promises';
import type { Language, Problem, Report } from '../../core/contract.js';
import {
  AppError,
  checkSignature,
  renderReport,
  signReport,
  toProblem,
  type ReportFormat,
  type SigningKey,
} from '../../core/engine.js';
import { writeWholeFile } from '../text-file.js';

/** Where a report goes, in which form, and with which key it is signed. */
export interface ReportFile {
  readonly path: string;
  readonly format: ReportFormat;
  readonly signingKey: SigningKey | null;
}

/**
 * Writes the report of one or several runs. It takes no signal, because a cancelled run needs its report too.
 * Throws `cli.report-not-written`.
 */
export async function writeReportFile(
  { path, format, signingKey }: ReportFile,
  reports: readonly Report[],
  language: Language,
): Promise<void> {
  await writeSignedFile(path, renderReport(reports, { format, language }), signingKey);
}

/** Writes a text, and its signature in a second file where there is a key. Throws `cli.report-not-written`. */
export async function writeSignedFile(
  path: string,
  text: string,
  signingKey: SigningKey | null,
): Promise<void> {
  await writeWholeFile(path, text);
  if (signingKey) await writeWholeFile(signatureFileOf(path), signReport(Buffer.from(text), signingKey));
}

/** Writes the report of one run, or those of several, without throwing; returns what went wrong as problems. */
export async function problemsOfWriting(
  file: ReportFile | undefined,
  report: Report | readonly Report[],
  language: Language,
): Promise<readonly Problem[]> {
  const reports = 'schema' in report ? [report] : report;
  if (file === undefined || reports.length === 0) return [];
  try {
    await writeReportFile(file, reports, language);
    return [];
  } catch (error) {
    return [toProblem(error)];
  }
}

/** Checks the signature of a report file and returns whose key it is. Throws `cli.file-not-readable` and `signature.*`. */
export async function checkReportFile(
  path: string,
  key: { readonly path: string; readonly pem: string } | undefined,
  { signal }: { readonly signal: AbortSignal },
): Promise<{ readonly fingerprint: string }> {
  const report = await readBytes(path, signal);
  const signaturePath = signatureFileOf(path);
  const names = { report: path, signature: signaturePath, ...(key ? { key: key.path } : {}) };
  const signature = await readFile(signaturePath, { encoding: 'utf8', signal }).catch((cause: unknown) => {
    if (signal.aborted) throw cause;
    const params = { file: path, signature: signaturePath };
    throw new AppError('signature.missing', { origin: 'config', params, cause });
  });
  return checkSignature(report, signature, names, key?.pem);
}

async function readBytes(file: string, signal: AbortSignal): Promise<Buffer> {
  try {
    return await readFile(file, { signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new AppError('cli.file-not-readable', { origin: 'config', params: { file, detail }, cause });
  }
}

function signatureFileOf(path: string): string {
  return `${path}.sig`;
}

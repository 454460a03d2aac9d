// Finds the parts of a split package in the folder of a file.
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { AppError } from '../../errors.js';
import type { Cancellable } from '../../ports/cancellable.js';
import { fileBytes } from '../bytes/file-bytes.js';
import { archiveFormatOf } from '../bytes/sniff.js';
import { looksLikeTar } from '../bytes/tar-grammar.js';
import { splitSetOf, type SplitSet } from './split-names.js';

export interface Parts {
  /** Name of the file before it was split, or the file's own name. */
  readonly whole: string;
  /** Absolute paths in order; only the file's own path when it is not split. */
  readonly paths: readonly string[];
  /** Name that a further part would have; null when the file is not split. */
  readonly next: string | null;
}

/**
 * The parts to which the file at `path` belongs. Throws `package.part-missing` when one of them, also the first, is missing, and
 * errors of reading.
 */
export async function findParts(path: string, options: Cancellable): Promise<Parts> {
  const folder = dirname(path);
  const name = basename(path);
  const names = await readdir(folder).catch(() => [name]);
  const set = splitSetOf(name, names.includes(name) ? names : [...names, name]);
  if (set === null) return { whole: name, paths: [path], next: null };
  const { whole, parts, missing, next } = set;
  if (missing !== null) throw partMissing(whole, missing);
  const paths = parts.map((part) => join(folder, part));
  const [first = path, second] = paths;
  if (set.isUnsure && second !== undefined && (await isArchive(second, options)))
    return { whole: name, paths: [path], next: null };
  // A set may count from 0 or from 1; the first bytes show whether a part 0 is missing.
  const zeroth = beforeFirst(set);
  if (zeroth !== null && !(await isArchive(first, options))) throw partMissing(whole, zeroth);
  return { whole, paths, next };
}

/** The paths of all parts in the file's folder, by names alone; the file itself when it is not split. */
export async function partPaths(path: string, options: Cancellable): Promise<readonly string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => []);
  options.signal.throwIfAborted();
  return splitSetOf(basename(path), names)?.parts.map((part) => join(folder, part)) ?? [path];
}

/** Name of part 0, for a set whose first part has the number 1. */
function beforeFirst({ parts: [first = ''] }: SplitSet): string | null {
  const match = /^(.*?)(0*)1(\D*)$/.exec(first);
  return match && `${match[1] ?? ''}${match[2] ?? ''}0${match[3] ?? ''}`;
}

async function isArchive(path: string, options: Cancellable): Promise<boolean> {
  for await (const piece of fileBytes(path, options)) {
    const start = piece.subarray(0, 512);
    return looksLikeTar(start) || archiveFormatOf(start) !== null;
  }
  return false;
}

/** The problem for a part that is missing. */
export function partMissing(file: string, part: string): AppError {
  return new AppError('package.part-missing', { origin: 'package', params: { file, part } });
}

// Reads small text files that the command line names, and writes report files.
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { AppError } from '../core/engine.js';

/** Returns the file's text. Throws `cli.file-not-readable`. */
export async function readTextFile(
  file: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<string> {
  try {
    return await readFile(file, { encoding: 'utf8', signal });
  } catch (cause) {
    if (signal.aborted) throw cause;
    throw new AppError('cli.file-not-readable', {
      origin: 'config',
      params: { file, detail: textOf(cause) },
      cause,
    });
  }
}

/**
 * Writes the file completely or not at all, so that nobody reads half a report. It takes no signal: a cancelled run needs its
 * report.
 */
export async function writeWholeFile(
  file: string,
  text: string,
  failure:
    | 'cli.report-not-written'
    | 'cli.comparison-not-written'
    | 'cli.plan-not-written' = 'cli.report-not-written',
): Promise<void> {
  const temporary = `${file}.${process.pid}.part`;
  try {
    await writeFile(temporary, text);
    await rename(temporary, file);
  } catch (cause) {
    await rm(temporary, { force: true });
    throw new AppError(failure, {
      origin: 'disk',
      params: { file, detail: textOf(cause) },
      cause,
    });
  }
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

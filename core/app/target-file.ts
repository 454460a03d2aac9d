// Reads targets from a file that the site already has, within the bounds of the app.
import { AppError } from '../errors.js';
import { parseSiteFile, type SiteFile } from '../target/site-file.js';
import { readBoundedText } from './bounded-text.js';

/** Bytes. Such files have some hundred lines. */
const LARGEST = 1024 * 1024;

/** Throws AppErrors of origin `config` for what cannot be used, `app.target-file-too-large`, and errors of the disk. */
export async function readTargetFile(
  path: string,
  { signal }: { readonly signal: AbortSignal },
): Promise<SiteFile> {
  const text = await readBoundedText(path, LARGEST, { signal });
  if (text === null) throw new AppError('app.target-file-too-large', { origin: 'config', params: { path } });
  return parseSiteFile(text, path, { env: {} });
}

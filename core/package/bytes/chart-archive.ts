// Recognises and unpacks chart archives that lie in packages of other tools, beside the images or as artifacts in an OCI layout.
// https://helm.sh/docs/topics/charts/ (one folder, named after the chart, in a gzipped tar; Helm writes Chart.yaml first)
import { constants, gunzipSync } from 'node:zlib';
import { LIMITS } from '../../flow/limits.js';
import { cleanPath } from './entry-role.js';
import { compressionOf } from './sniff.js';
import { tarBufferEntries } from './tar-buffer.js';
import { looksLikeTar } from './tar-grammar.js';

/** Bytes at the begin of a file that tell whether it is a chart archive. */
export const CHART_START = 4096;
/** ChartMuseum refuses larger archives, unless it is told otherwise. */
export const CHART_ARCHIVE_BYTES = 20 << 20;

/** True when these first bytes of a file are those of a chart archive: its first entry is `<name>/Chart.yaml`. */
export function isChartArchive(start: Buffer): boolean {
  if (compressionOf(start) !== 'gzip') return false;
  try {
    // the rest of the file is missing on purpose
    const tar = gunzipSync(start, { finishFlush: constants.Z_SYNC_FLUSH });
    if (!looksLikeTar(tar.subarray(0, 512))) return false;
    const name = tar.subarray(0, 100);
    const end = name.indexOf(0);
    return /^(?:\.\/)?[^/]+\/Chart\.yaml$/.test(name.toString('utf8', 0, end < 0 ? 100 : end));
  } catch {
    return false;
  }
}

/** The files of a chart archive without their folder; null when it cannot be read, is too large or has unsafe paths. */
export function chartFilesIn(archive: Buffer): ReadonlyMap<string, Buffer> | null {
  const files = new Map<string, Buffer>();
  try {
    const tar = gunzipSync(archive, { maxOutputLength: LIMITS.chartBytes });
    for (const { path: written, type, bytes } of tarBufferEntries(tar, { archive: 'chart' })) {
      if (type === 'directory') continue;
      const { path, unsafe } = cleanPath(written);
      const inside = path.slice(path.indexOf('/') + 1);
      if (type !== 'file' || unsafe || !path.includes('/') || files.size >= LIMITS.chartFiles) return null;
      if (bytes.length > LIMITS.chartFileBytes) return null;
      files.set(inside, Buffer.from(bytes));
    }
  } catch {
    return null;
  }
  return files.has('Chart.yaml') ? files : null;
}

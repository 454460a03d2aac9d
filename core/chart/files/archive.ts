// Packs chart archives whose bytes depend on the files alone, and unpacks archives that may be hostile.
// https://helm.sh/docs/topics/charts/ (one folder, named after the chart, in a gzipped tar)
import { gunzipSync } from 'node:zlib';
import { gzipSync } from 'fflate';
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import { TAR_BLOCK, tarHeader, tarPadding } from '../../layout/tar-entry.js';
import { tarBufferEntries } from '../../package/bytes/tar-buffer.js';
import type { ChartFiles } from '../types.js';

/**
 * A .tgz with `<name>/` as its folder: Chart.yaml first, then by code units; mode 0644, owner 0, a fixed time. The gzip is
 * pure JavaScript at a pinned version, so the same files give the same bytes under every Node.
 */
export function packChart(name: string, files: ChartFiles): Buffer {
  const blocks: Buffer[] = [];
  for (const path of [...files.keys()].sort(byRank)) {
    const bytes = files.get(path) ?? Buffer.alloc(0);
    blocks.push(tarHeader(`${name}/${path}`, bytes.length), bytes, Buffer.alloc(tarPadding(bytes.length)));
  }
  const tar = Buffer.concat([...blocks, Buffer.alloc(2 * TAR_BLOCK)]);
  return Buffer.from(gzipSync(tar, { level: 9, mtime: 0 }));
}

function byRank(a: string, b: string): number {
  const rank = (path: string): number => (path === 'Chart.yaml' ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

/** What may still be unpacked: nested archives of one chart share it. */
export class Unpacking {
  #bytes: number = LIMITS.chartBytes;
  #files: number = LIMITS.chartFiles;

  /** Bytes that are left. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Throws chart.too-large when too much was unpacked. */
  take(bytes: number, files: number): void {
    this.#bytes -= bytes;
    this.#files -= files;
    if (this.#bytes < 0 || this.#files < 0) throw tooLarge();
  }
}

/**
 * The files of a chart archive without their common folder. Throws AppErrors of origin `package`: chart.archive-unreadable,
 * chart.archive-unsafe (absolute and `..` paths, links, files outside the folder), chart.too-large.
 */
export function unpackChart(tgz: Buffer, left = new Unpacking()): ChartFiles {
  const tar = gunzip(tgz, left);
  const files = new Map<string, Buffer>();
  try {
    for (const { path: written, type, bytes } of tarBufferEntries(tar, { archive: 'chart' })) {
      left.take(0, 1);
      const path = insideFolder(written);
      if (type === 'directory') continue;
      if (path === null || type !== 'file') throw unsafe(written);
      files.set(path, bytes);
    }
  } catch (error) {
    if (error instanceof AppError && error.code.startsWith('chart.')) throw error;
    throw unreadable(error);
  }
  if (files.size === 0) throw unreadable('empty');
  return files;
}

function gunzip(tgz: Buffer, left: Unpacking): Buffer {
  try {
    const tar = gunzipSync(tgz, { maxOutputLength: Math.max(1, left.bytes) });
    left.take(tar.length, 0);
    return tar;
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
    if (error instanceof AppError) throw error;
    throw unreadable(error);
  }
}

/** `./name/templates/x.yaml` to `templates/x.yaml`; null when the path leaves the folder or stands beside it. */
function insideFolder(path: string): string | null {
  const parts = path
    .replaceAll('\\', '/')
    .replace(/^(?:\.\/)+/, '')
    .split('/');
  const [folder, ...rest] = parts;
  if (!folder || /^[A-Za-z]:$/.test(folder) || parts.some((part) => part === '..' || part.includes('\0')))
    return null;
  const inside = rest.filter((part) => part !== '' && part !== '.').join('/');
  return inside === '' ? null : inside;
}

function unsafe(path: string): AppError {
  return new AppError('chart.archive-unsafe', { origin: 'package', params: { path } });
}

function tooLarge(): AppError {
  return new AppError('chart.too-large', {
    origin: 'package',
    params: { megabytes: LIMITS.chartBytes / 1024 / 1024, files: LIMITS.chartFiles },
  });
}

function unreadable(cause: unknown): AppError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AppError('chart.archive-unreadable', { origin: 'package', params: { detail }, cause });
}

// Packs chart archives whose bytes depend on the files alone, and unpacks archives that may be hostile.
// https://helm.sh/docs/topics/charts/ (one folder, named after the chart, in a gzipped tar)
import { gunzipSync } from 'node:zlib';
import { gzipSync } from 'fflate';
import { Header, Parser, Pax } from 'tar';
import { AppError } from '../../errors.js';
import type { ChartFiles } from '../types.js';

/** Helm's own limit for a whole chart; its 5 MiB per file are not enforced, published charts exceed them. */
export const MOST_CHART_BYTES = 100 * 1024 * 1024;
const MOST_FILES = 20_000;
const BLOCK = 512;
// The first time that DOS and zip can express, so every reader accepts it
const TIME = new Date('1980-01-01T00:00:00Z');

/**
 * A .tgz with `<name>/` as its folder: Chart.yaml first, then by code units; mode 0644, owner 0, a fixed time. The gzip is
 * pure JavaScript at a pinned version, so the same files give the same bytes under every Node.
 */
export function packChart(name: string, files: ChartFiles): Buffer {
  const blocks: Buffer[] = [];
  for (const path of [...files.keys()].sort(byRank)) {
    const bytes = files.get(path) ?? Buffer.alloc(0);
    blocks.push(...entryHeader(`${name}/${path}`, bytes.length), bytes, Buffer.alloc(padding(bytes.length)));
  }
  const tar = Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
  return Buffer.from(gzipSync(tar, { level: 9, mtime: 0 }));
}

function byRank(a: string, b: string): number {
  const rank = (path: string): number => (path === 'Chart.yaml' ? 0 : 1);
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function entryHeader(path: string, size: number): Buffer[] {
  const block = Buffer.alloc(BLOCK);
  const header = new Header({ path, size, mode: 0o644, uid: 0, gid: 0, mtime: TIME, type: 'File' });
  const needsPax = header.encode(block);
  return needsPax ? [new Pax({ path, uid: 0, gid: 0, mtime: TIME }).encode(), block] : [block];
}

function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/**
 * The files of a chart archive without their common folder. Throws AppErrors of origin `package`: chart.archive-unreadable,
 * chart.archive-unsafe (absolute and `..` paths, links, files outside the folder), chart.too-large.
 */
export function unpackChart(tgz: Buffer): ChartFiles {
  const files = new Map<string, Buffer>();
  const outcome: { failure: AppError | null } = { failure: null };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      const path = insideFolder(entry.path);
      const isFile = entry.type === 'File' || entry.type === 'OldFile' || entry.type === 'ContiguousFile';
      if (!outcome.failure && entry.type !== 'Directory' && (path === null || !isFile))
        outcome.failure = unsafe(entry.path);
      if (!outcome.failure && files.size >= MOST_FILES) outcome.failure = tooLarge();
      if (outcome.failure || !isFile || path === null) return void entry.resume();
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      entry.on('end', () => files.set(path, Buffer.concat(chunks)));
    },
  });
  parser.on('error', (error: unknown) => (outcome.failure ??= unreadable(error)));
  parser.end(gunzip(tgz));
  if (outcome.failure) throw outcome.failure;
  if (files.size === 0) throw unreadable('empty');
  return files;
}

function gunzip(tgz: Buffer): Buffer {
  try {
    return gunzipSync(tgz, { maxOutputLength: MOST_CHART_BYTES });
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge();
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
    params: { megabytes: MOST_CHART_BYTES / 1024 / 1024, files: MOST_FILES },
  });
}

function unreadable(cause: unknown): AppError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new AppError('chart.archive-unreadable', { origin: 'package', params: { detail }, cause });
}

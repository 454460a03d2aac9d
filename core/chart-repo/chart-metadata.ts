// Reads Chart.yaml from a chart archive and checks that the archive is complete.
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Parser, type ReadEntry } from 'tar';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { AppError } from '../errors.js';
import type { PublishedChart } from '../ports/chart-target.js';

export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  /** Chart.yaml as data. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** ISO 8601: the newest file in the archive, so that equal bytes have equal times. */
  readonly created: string;
}

export type ChartArchive =
  { readonly ok: true; readonly metadata: ChartMetadata } | { readonly ok: false; readonly reason: string };

const UNPACKED_LIMIT = 512 * 1024 * 1024;
/** Reproducible archives have the time 0 or none; 1980 is the oldest time that every file system and tool accepts. */
const EARLIEST = Date.UTC(1980, 0, 1);

const fieldsSchema = z.record(z.string(), z.unknown());
// Helm reads an unquoted number as the text of its value.
const textSchema = z.union([z.string().min(1), z.number().transform(String)]);
const nameSchema = z.looseObject({ name: textSchema, version: textSchema });

const unzip = promisify(gunzip);

/** Reads a .tgz as helm does: complete gzip with a right CRC, complete tar, one top folder with a Chart.yaml. Throws only for `signal`. */
export async function readChartArchive(
  archive: Uint8Array,
  { signal }: { signal: AbortSignal },
): Promise<ChartArchive> {
  signal.throwIfAborted();
  let content: TarContent;
  try {
    content = readTar(await unzip(archive, { maxOutputLength: UNPACKED_LIMIT }));
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
  signal.throwIfAborted();
  if (content.chartYaml === null) return { ok: false, reason: 'no Chart.yaml' };
  const fields = parseChartYaml(content.chartYaml);
  const named = nameSchema.safeParse(fields);
  if (fields === null || !named.success) return { ok: false, reason: 'Chart.yaml has no name and version' };
  const { name, version } = named.data;
  const created = new Date(Math.max(content.newest, EARLIEST)).toISOString().replace('.000Z', 'Z');
  return { ok: true, metadata: { name, version, fields, created } };
}

/** The metadata in a chart's archive. Throws `chart-repo.not-a-chart` when its name or version is not that of `chart`. */
export async function metadataOf(
  { name, version, archive }: PublishedChart,
  options: { signal: AbortSignal },
): Promise<ChartMetadata> {
  const read = await readChartArchive(archive, options);
  const fits = read.ok && read.metadata.name === name && read.metadata.version === version;
  if (fits) return read.metadata;
  const detail = read.ok ? `${read.metadata.name} ${read.metadata.version}` : read.reason;
  throw new AppError('chart-repo.not-a-chart', { origin: 'package', params: { name, version, detail } });
}

interface TarContent {
  readonly chartYaml: Buffer | null;
  readonly newest: number;
}

/** All bytes are passed at once, so the parser has finished when `end` returns. */
function readTar(tar: Buffer): TarContent {
  let chartYaml: Buffer | null = null;
  let newest = 0;
  const failures: Error[] = [];
  let ended = false;
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry: ReadEntry) => {
      newest = Math.max(newest, entry.mtime?.getTime() ?? 0);
      if (!/^(?:\.\/)?[^/]+\/Chart\.yaml$/.test(entry.path)) return void entry.resume();
      const chunks: Buffer[] = [];
      entry.on('data', (chunk) => chunks.push(chunk));
      entry.on('end', () => (chartYaml = Buffer.concat(chunks)));
    },
  });
  parser.on('error', (error: Error) => failures.push(error));
  parser.on('end', () => (ended = true));
  parser.end(tar);
  if (failures[0]) throw failures[0];
  if (!ended) throw new Error('the tar inside is cut');
  return { chartYaml, newest };
}

function parseChartYaml(bytes: Buffer): Record<string, unknown> | null {
  try {
    return fieldsSchema.parse(
      parseYaml(bytes.toString('utf8').replace(/^\uFEFF/, ''), { logLevel: 'silent' }),
    );
  } catch {
    return null;
  }
}

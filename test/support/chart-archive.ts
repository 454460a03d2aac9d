// Small chart archives for tests, the same bytes for the same content.
import { gzipSync } from 'node:zlib';
import { Header } from 'tar';
import { stringify } from 'yaml';
import type { PublishedChart } from '../../core/ports/chart-target.js';

export interface ChartContent {
  readonly name: string;
  readonly version: string;
  /** Further fields of Chart.yaml. */
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Further files, by path inside the chart. */
  readonly files?: Readonly<Record<string, string | Buffer>>;
  readonly time?: Date;
}

export function chartArchive({
  name,
  version,
  fields = {},
  files = {},
  time = new Date(0),
}: ChartContent): Buffer {
  const chartYaml = stringify({ apiVersion: 'v2', name, version, description: 'a chart', ...fields });
  const all = { 'Chart.yaml': chartYaml, 'values.yaml': 'a: 1\n', ...files };
  return gzipSync(
    tarOf(
      Object.entries(all).map(([path, text]) => [`${name}/${path}`, Buffer.from(text)]),
      time,
    ),
  );
}

export function publishedChart(content: ChartContent, provenance: Buffer | null = null): PublishedChart {
  const { name, version } = content;
  return { name, version, archive: chartArchive(content), provenance };
}

export function tarOf(files: readonly (readonly [string, Buffer])[], mtime = new Date(0)): Buffer {
  const blocks = files.flatMap(([path, bytes]) => {
    const header = Buffer.alloc(512);
    new Header({ path, mode: 0o644, uid: 0, gid: 0, size: bytes.length, mtime, type: 'File' }).encode(
      header,
      0,
    );
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

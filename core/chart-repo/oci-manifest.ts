// Makes the manifest and config of a chart in a registry: the same bytes for the same chart at every push.
// https://github.com/helm/helm/blob/v3.16.4/pkg/registry/client.go
import { z } from 'zod';
import { optionalTexts } from '../content/absent.js';
import { digestOf } from '../content/digest.js';
import { parseJson } from '../content/json-text.js';
import { rawManifest, type RawManifest } from '../content/manifest.js';
import {
  HELM_CHART_LAYER,
  HELM_CONFIG,
  HELM_PROVENANCE_LAYER,
  OCI_MANIFEST,
} from '../content/media-types.js';
import type { PublishedChart, StoredChart } from '../ports/chart-target.js';

interface EncodedChart {
  readonly manifest: RawManifest;
  /** Config, archive, provenance; they have to be stored before the manifest. */
  readonly blobs: readonly { readonly bytes: Buffer }[];
}

type Fields = Readonly<Record<string, unknown>>;

/** Chart.yaml's fields in the order of helm's Metadata; others are not written, as helm does not. */
const CONFIG_FIELDS = [
  'name',
  'home',
  'sources',
  'version',
  'description',
  'keywords',
  'maintainers',
  'icon',
  'apiVersion',
  'condition',
  'tags',
  'appVersion',
  'deprecated',
  'annotations',
  'kubeVersion',
  'dependencies',
  'type',
] as const;

const configSchema = z.looseObject({ name: z.string(), version: z.string() });

/**
 * The chart as helm push would write it (helm's manifests have no `mediaType`), but without the annotation `created`: helm puts the
 * file's change time there, and each copy of a chart would get another manifest. `fields` is Chart.yaml as data.
 */
export function encodeChart(chart: PublishedChart, fields: Fields): EncodedChart {
  const config = encodeConfig(chart, fields);
  const layers = [descriptor(HELM_CHART_LAYER, chart.archive)];
  if (chart.provenance) layers.push(descriptor(HELM_PROVENANCE_LAYER, chart.provenance));
  const bytes = compactGoJson({
    schemaVersion: 2,
    config: descriptor(HELM_CONFIG, config),
    layers,
    annotations: annotationsOf(chart, fields),
  });
  const blobs = [config, chart.archive, ...(chart.provenance ? [chart.provenance] : [])];
  return { manifest: rawManifest(bytes, OCI_MANIFEST), blobs: blobs.map((blob) => ({ bytes: blob })) };
}

/** The chart with the manifest and config that a registry held before, whatever tool wrote them. */
export function asStored(chart: PublishedChart, { manifest, config }: StoredChart): EncodedChart {
  const blobs = [config, chart.archive, ...(chart.provenance ? [chart.provenance] : [])];
  return { manifest, blobs: blobs.map((bytes) => ({ bytes })) };
}

/** The name and version in a chart's config; null when the bytes are no chart config. */
export function readChartConfig(bytes: Buffer): { readonly name: string; readonly version: string } | null {
  return configSchema.safeParse(parseJson(bytes.toString('utf8'))).data ?? null;
}

function encodeConfig(chart: PublishedChart, fields: Fields): Buffer {
  const config: Record<string, unknown> = {};
  for (const field of CONFIG_FIELDS) {
    const value = fields[field];
    if (value !== null && value !== undefined && value !== '') config[field] = value;
  }
  // In Chart.yaml they may be numbers.
  config['name'] = chart.name;
  config['version'] = chart.version;
  if (typeof config['appVersion'] === 'number') config['appVersion'] = String(config['appVersion']);
  return compactGoJson(config);
}

/** The chart's own annotations; title, version and description are set after them. Keys are sorted, as Go writes maps. */
function annotationsOf(chart: PublishedChart, fields: Fields): Record<string, string> {
  const own = optionalTexts.safeParse(fields['annotations']);
  const description = fields['description'];
  const all: Record<string, string> = {
    ...(own.success ? own.data : {}),
    'org.opencontainers.image.title': chart.name,
    'org.opencontainers.image.version': chart.version,
    ...(typeof description === 'string' && description !== ''
      ? { 'org.opencontainers.image.description': description }
      : {}),
  };
  return Object.fromEntries(Object.entries(all).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function descriptor(mediaType: string, bytes: Buffer): Record<string, unknown> {
  return { mediaType, digest: digestOf(bytes), size: bytes.length };
}

/** https://pkg.go.dev/encoding/json#Marshal */
function compactGoJson(value: unknown): Buffer {
  const escape = (c: string): string => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return Buffer.from(JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, escape));
}

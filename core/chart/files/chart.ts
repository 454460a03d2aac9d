// Reads a chart from its files: metadata, values and subcharts.
import { AppError } from '../../errors.js';
import { LIMITS } from '../../flow/limits.js';
import { PassBudget } from '../../flow/pass-budget.js';
import { unpackChart, Unpacking } from './archive.js';
import type { ChartFiles } from '../types.js';
import { decodeText } from '../yaml/encoding.js';
import {
  isValueList,
  isValueMap,
  readYaml,
  textAt,
  valueAt,
  YamlFault,
  type Value,
  type ValueMap,
} from '../yaml/values.js';

export const VALUES_FILE = 'values.yaml';
export const HINTS_FILE = '.relok8s-images.yaml';

export interface ChartDependency {
  readonly name: string;
  /** Name under which Helm reads its values instead of `name`. */
  readonly alias: string | null;
  readonly version: string;
  readonly repository: string;
  /** Paths of values, separated by commas, of which the first that is there switches it on or off; '' for none. */
  readonly condition: string;
}

export interface Chart {
  readonly name: string;
  /** As Chart.yaml writes it; may be no semantic version. */
  readonly version: string;
  readonly type: 'application' | 'library';
  readonly files: ChartFiles;
  /** values.yaml without byte order mark; null when the chart has none. */
  readonly valuesText: string | null;
  /** Data of values.yaml alone, without the subcharts' defaults. */
  readonly values: ValueMap;
  readonly dependencies: readonly ChartDependency[];
  /** Folders and archives in `charts/`; names that start with `_` or `.` are ignored, as Helm does. */
  readonly subcharts: readonly Chart[];
}

/** What reading one chart may use: nested archives share what may be unpacked. */
export interface ChartReading {
  readonly budget: PassBudget;
  readonly unpacking: Unpacking;
}

/**
 * Reads a chart. `bundle` is where it comes from, for messages. Throws AppErrors of origin `package`, which name the file and, in
 * `chart`, the chart with its bundle: chart.missing, chart.metadata-unreadable, chart.name-illegal, chart.values-unreadable,
 * chart.too-deep, package.limit, and those of {@link unpackChart} for a subchart.
 * @param budget what the YAML of the chart is counted in
 */
export function readChart(files: ChartFiles, bundle = '', budget = new PassBudget()): Chart {
  try {
    const chart = readAt(files, '', 0, { budget, unpacking: new Unpacking() });
    checkName(chart);
    return chart;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const chart = labelOf(files, bundle);
    throw withParams(withPlace(error, chart), { chart });
  }
}

/** Name and version as far as Chart.yaml can be read; '' for what cannot. */
export function chartIdentity(files: ChartFiles): { readonly name: string; readonly version: string } {
  const bytes = files.get('Chart.yaml');
  try {
    const metadata = bytes ? readMap(bytes, 'Chart.yaml', 'chart.metadata-unreadable') : new Map();
    return { name: textAt(metadata, ['name']) ?? '', version: textAt(metadata, ['version']) ?? '' };
  } catch (error) {
    if (error instanceof AppError) return { name: '', version: '' };
    throw error;
  }
}

/** `kiln 1.0.0 (addon/kiln_1.0.0.bundle.tar)`, as far as it is known. */
function labelOf(files: ChartFiles, bundle: string): string {
  const { name, version } = chartIdentity(files);
  const known = [visible(name), visible(version)].filter(Boolean).join(' ');
  if (known === '' || bundle === '') return known || bundle;
  return `${known} (${bundle})`;
}

// https://helm.sh/docs/chart_best_practices/conventions/#chart-names, with what charts in use have beyond it
const NAME = /^[A-Za-z0-9_][A-Za-z0-9._+-]*$/;
const VERSION = /^[A-Za-z0-9][A-Za-z0-9._+~,-]*$/;

/** Names become file names, tags and words of commands, so options, blanks, shell text and invisible characters are refused. */
function checkName({ name, version }: Chart): void {
  if (NAME.test(name) && VERSION.test(version)) return;
  throw new AppError('chart.name-illegal', {
    origin: 'package',
    params: { chart: '', name: visible(name), version: visible(version) },
  });
}

/** The text with everything but printable ASCII as `\\u` escapes. */
function visible(text: string): string {
  return text.replace(/[^ -~]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function readAt(files: ChartFiles, folder: string, depth: number, reading: ChartReading): Chart {
  const { budget } = reading;
  const metadataFile = `${folder}Chart.yaml`;
  const bytes = files.get('Chart.yaml');
  if (!bytes)
    throw new AppError('chart.missing', { origin: 'package', params: { chart: '', file: metadataFile } });
  const metadata = readMap(bytes, metadataFile, 'chart.metadata-unreadable', budget);
  const name = textAt(metadata, ['name']);
  const version = textAt(metadata, ['version']);
  if (!name || !version || /[\\/]|^\.\.?$/.test(name + version)) {
    throw new AppError('chart.metadata-unreadable', {
      origin: 'package',
      params: { chart: '', file: metadataFile, line: 0, column: 0, detail: 'name or version' },
    });
  }
  const requirements = files.get('requirements.yaml');
  const values = files.get(VALUES_FILE);
  return {
    name,
    version,
    type: textAt(metadata, ['type']) === 'library' ? 'library' : 'application',
    files,
    valuesText: values ? decode(values, `${folder}${VALUES_FILE}`, 'chart.values-unreadable') : null,
    values: values
      ? readMap(values, `${folder}${VALUES_FILE}`, 'chart.values-unreadable', budget)
      : new Map(),
    dependencies: [
      ...dependenciesOf(metadata),
      // Charts of apiVersion v1 list them in a file of their own
      ...(requirements
        ? dependenciesOf(
            readMap(requirements, `${folder}requirements.yaml`, 'chart.metadata-unreadable', budget),
          )
        : []),
    ],
    subcharts: [...subchartFiles(files, depth, reading.unpacking)].map(([sub, subFiles]) =>
      readAt(subFiles, `${folder}charts/${sub}/`, depth + 1, reading),
    ),
  };
}

/** The subcharts' files by their folder in `charts/`, archives unpacked. Folders without a Chart.yaml are no charts. */
export function subchartFiles(
  files: ChartFiles,
  depth: number,
  unpacking: Unpacking,
): ReadonlyMap<string, ChartFiles> {
  const folders = new Map<string, Map<string, Buffer>>();
  const found = new Map<string, ChartFiles>();
  if (depth >= LIMITS.chartDepth)
    throw new AppError('chart.too-deep', {
      origin: 'package',
      params: { chart: '', limit: LIMITS.chartDepth },
    });
  for (const [path, bytes] of files) {
    const [, name, rest] = /^charts\/([^/]+)(?:\/(.+))?$/s.exec(path) ?? [];
    if (name === undefined || /^[_.]/.test(name)) continue;
    if (rest === undefined) {
      if (name.endsWith('.tgz'))
        found.set(name.slice(0, -'.tgz'.length), unpackSubchart(path, bytes, unpacking));
    } else {
      const folder = folders.get(name) ?? new Map<string, Buffer>();
      folders.set(name, folder.set(rest, bytes));
    }
  }
  for (const [name, folder] of folders) if (folder.has('Chart.yaml')) found.set(name, folder);
  if (found.size > LIMITS.chartDependencies) throw tooMany();
  return found;
}

/** Unpacks it; a failure names the file. */
function unpackSubchart(file: string, bytes: Buffer, unpacking: Unpacking): ChartFiles {
  try {
    return unpackChart(bytes, unpacking);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw withPlace(error, file);
  }
}

/** An archive's messages name no file of their own: the place goes before what they tell. */
function withPlace(error: AppError, place: string): AppError {
  const key = error.code === 'chart.archive-unsafe' ? 'path' : 'detail';
  const told = error.params[key];
  const isOfArchive = error.code === 'chart.archive-unreadable' || error.code === 'chart.archive-unsafe';
  return isOfArchive && told !== undefined ? withParams(error, { [key]: `${place}: ${told}` }) : error;
}

function withParams(error: AppError, params: Readonly<Record<string, string>>): AppError {
  const { code, origin } = error;
  return new AppError(code, { origin, params: { ...error.params, ...params }, cause: error.cause });
}

function tooMany(): AppError {
  const params = { entry: 'charts/', what: 'subcharts', limit: LIMITS.chartDependencies };
  return new AppError('package.limit', { origin: 'package', params });
}

function dependenciesOf(metadata: ValueMap): ChartDependency[] {
  const list = valueAt(metadata, ['dependencies']);
  if (!isValueList(list)) return [];
  if (list.length > LIMITS.chartDependencies) throw tooMany();
  return list.flatMap((item) => {
    const name = textAt(item, ['name']);
    if (!name) return [];
    const text = (key: string): string => textAt(item, [key]) ?? '';
    return [
      {
        name,
        alias: text('alias') || null,
        version: text('version'),
        repository: text('repository'),
        condition: text('condition'),
      },
    ];
  });
}

type UnreadableCode = 'chart.metadata-unreadable' | 'chart.values-unreadable';

/** Data of a YAML file that must hold a map (or nothing). */
export function readMap(bytes: Buffer, file: string, code: UnreadableCode, budget?: PassBudget): ValueMap {
  const text = decode(bytes, file, code);
  let data: Value;
  try {
    data = readYaml(text, budget).data;
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    const { line, column, message } = error;
    throw new AppError(code, {
      origin: 'package',
      params: { chart: '', file, line, column, detail: message },
      cause: error,
    });
  }
  if (data === null) return new Map();
  if (isValueMap(data)) return data;
  throw new AppError(code, {
    origin: 'package',
    params: { chart: '', file, line: 1, column: 1, detail: 'not a map' },
  });
}

function decode(bytes: Buffer, file: string, code: UnreadableCode): string {
  const text = decodeText(bytes);
  if (text !== null) return text;
  throw new AppError(code, {
    origin: 'package',
    params: {
      chart: '',
      file,
      line: 0,
      column: 0,
      detail: 'neither UTF-8 nor UTF-16 with a byte order mark',
    },
  });
}

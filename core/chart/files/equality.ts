// Compares a published chart with ours: the same, different only in the keys that Archbridge writes, or another chart.
import { AppError } from '../../errors.js';
import { Unpacking } from './archive.js';
import { readMap, subchartFiles } from './chart.js';
import type { ChartFiles, ValuePath } from '../types.js';
import { isValueList, isValueMap, sameData, valueAt, type ValueMap } from '../yaml/values.js';

export type ChartEquality = 'same' | 'only-ours' | 'different';

/**
 * Compares two charts as data. `written` are the keys that Archbridge may write (`keys` of the plan's images): without them the values must be
 * equal. Chart.yaml (and requirements.yaml) count without `dependencies[].repository`, lock files and the packing of subcharts do
 * not count, all other files count byte for byte. A published chart that cannot be read is `different`.
 */
export function compareCharts(
  published: ChartFiles,
  ours: ChartFiles,
  written: readonly ValuePath[],
): ChartEquality {
  try {
    const there = expanded(published);
    const here = expanded(ours);
    const names = new Set([...there.keys(), ...here.keys()]);
    names.delete('values.yaml');
    for (const name of names) if (!sameFile(name, there.get(name), here.get(name))) return 'different';
    const [bytesThere, bytesHere] = [there.get('values.yaml'), here.get('values.yaml')];
    if (bytesThere && bytesHere?.equals(bytesThere)) return 'same';
    const valuesThere = yamlOf(bytesThere, 'values.yaml');
    const valuesHere = yamlOf(bytesHere, 'values.yaml');
    if (sameData(valuesThere, valuesHere)) return 'same';
    return sameData(unwritten(valuesThere, written), unwritten(valuesHere, written))
      ? 'only-ours'
      : 'different';
  } catch (error) {
    if (error instanceof AppError) return 'different';
    throw error;
  }
}

/** All files with packed subcharts as folders: the original tool publishes them unpacked. Lock files are left out. */
function expanded(
  files: ChartFiles,
  folder = '',
  depth = 0,
  unpacking = new Unpacking(),
): Map<string, Buffer> {
  const subcharts = subchartFiles(files, depth, unpacking);
  const all = new Map<string, Buffer>();
  for (const [path, bytes] of files) {
    const [, name = ''] = /^charts\/([^/]+?)(?:\.tgz$|\/)/s.exec(path) ?? [];
    const isSubchart = subcharts.has(name);
    if (!isSubchart && path !== 'Chart.lock' && path !== 'requirements.lock') all.set(folder + path, bytes);
  }
  for (const [name, subFiles] of subcharts) {
    // The archive's name holds the version, the folder's does not
    const chart = yamlOf(subFiles.get('Chart.yaml'), 'Chart.yaml').get('name');
    const inside = `${folder}charts/${typeof chart === 'string' ? chart : name}/`;
    for (const [path, bytes] of expanded(subFiles, inside, depth + 1, unpacking)) all.set(path, bytes);
  }
  return all;
}

function sameFile(path: string, a: Buffer | undefined, b: Buffer | undefined): boolean {
  if (a && b?.equals(a)) return true;
  const file = /(?:^|^(?:charts\/[^/]+\/)+)(Chart|requirements|values)\.yaml$/.exec(path)?.[1];
  if (file === 'values') return sameData(yamlOf(a, path), yamlOf(b, path));
  if (!file || !a || !b) return false;
  return sameData(withoutRepositories(yamlOf(a, path)), withoutRepositories(yamlOf(b, path)));
}

function yamlOf(bytes: Buffer | undefined, path: string): ValueMap {
  return bytes ? readMap(bytes, path, 'chart.values-unreadable') : new Map();
}

function withoutRepositories(metadata: ValueMap): ValueMap {
  const dependencies = metadata.get('dependencies');
  if (!isValueList(dependencies)) return metadata;
  const bare = dependencies.map((item) => (isValueMap(item) ? without(item, ['repository']) : item));
  return new Map([...metadata, ['dependencies', bare]]);
}

function unwritten(values: ValueMap, written: readonly ValuePath[]): ValueMap {
  return written.reduce(without, values);
}

/** The map without a path, and without the maps that are empty then. */
function without(map: ValueMap, path: ValuePath): ValueMap {
  const [key, ...rest] = path;
  if (key === undefined || !map.has(key)) return map;
  const copy = new Map(map);
  const under = valueAt(map, [key]);
  const left = rest.length > 0 && isValueMap(under) ? without(under, rest) : null;
  if (rest.length > 0 && !isValueMap(under) && under !== null) return map;
  if (left && left.size > 0) copy.set(key, left);
  else copy.delete(key);
  return copy;
}

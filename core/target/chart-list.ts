// Reads the list of charts of a charts-syncer file, also in a separate file (--charts-file) or inside a package (addon.yaml).
import { z } from 'zod';
import { AppError } from '../errors.js';
import { badValue, decodeYaml, readYaml, valueOf, type YamlFile } from './yaml-document.js';

/** Patterns `NAME[@VERSION]`, and those of them whose images are to be left out. */
export interface ChartList {
  readonly only: readonly string[];
  readonly skipImages: readonly string[];
}

/** A boolean, read from YAML text. */
export const yamlBoolean = z
  .enum(['true', 'false', 'True', 'False', 'TRUE', 'FALSE'], { error: 'expected true or false' })
  .transform((text) => text.toLowerCase() === 'true');

/** charts-syncer v2 takes strings, the fork objects; both are read. */
export const chartListSchema = z.array(
  z.preprocess(
    (entry) => (typeof entry === 'string' ? { name: entry } : entry),
    z.strictObject({
      name: z.string(),
      versions: z.array(z.string()).nullish(),
      skipImages: yamlBoolean.nullish(),
    }),
  ),
);

/** The list as patterns; a name without versions means all of them. */
export function chartListOf(entries: z.output<typeof chartListSchema>): ChartList {
  const only: string[] = [];
  const skipImages: string[] = [];
  for (const { name, versions, skipImages: isSkipped } of entries) {
    const patterns = versions?.length ? versions.map((version) => `${name}@${version}`) : [name];
    only.push(...patterns);
    if (isSkipped) skipImages.push(...patterns);
  }
  return { only, skipImages };
}

/**
 * Reads a charts file: a charts-syncer file (its `charts`), a YAML list of the same form, or one `[folder/]NAME[@VERSION]` a
 * line with `#` comments. Throws `config.no-charts-listed` when it names none: an empty list would silently mean everything.
 */
export function parseChartsFile(text: string, fileName: string): ChartList {
  const list = readList(text, fileName);
  if (list.only.length === 0) {
    throw new AppError('config.no-charts-listed', { origin: 'config', params: { file: fileName } });
  }
  return list;
}

function readList(text: string, fileName: string): ChartList {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, '').trim())
    .filter(Boolean);
  // A line of a plain list holds no blank and does not begin like YAML
  if (lines.every((line) => /^[^\s[{"'&!|>-][^\s]*[^\s:]$|^[^\s[{"'&!|>:-]$/.test(line))) {
    return { only: lines, skipImages: [] };
  }
  const file = readYaml(text, fileName);
  return chartListOf(decodeYaml(file, chartsOf(file)).value.charts ?? []);
}

function chartsOf(
  file: YamlFile,
): z.ZodType<{ charts?: z.output<typeof chartListSchema> | null | undefined }> {
  const value = valueOf(file);
  if (Array.isArray(value)) return chartListSchema.transform((charts) => ({ charts }));
  if (typeof value !== 'object' || value === null) throw badValue(file, [], 'expected a list of charts');
  return z.looseObject({ charts: chartListSchema.nullish() });
}

/** A list of the charts of one folder of a package. */
export interface FolderList extends ChartList {
  readonly folder: string;
}

/** A charts-syncer file as it was used for saving: it names the folder of the bundles. */
const folderListSchema = z.looseObject({
  target: z.looseObject({ intermediateBundlesPath: z.string().nullish() }).nullish(),
  charts: chartListSchema,
});

/**
 * Reads a YAML file that lies beside the bundles of a package; null where it is no list of charts. Where it does not name the
 * folder of the bundles, its own name does.
 * @param path inside the package
 */
export function parseFolderList(text: string, path: string): FolderList | null {
  try {
    const { target, charts } = decodeYaml(readYaml(text, path), folderListSchema).value;
    const folder = lastSegment(target?.intermediateBundlesPath ?? path.replace(/\.ya?ml$/, ''));
    return { ...chartListOf(charts), folder };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return null;
  }
}

function lastSegment(path: string): string {
  return path.split('/').findLast((segment) => segment !== '' && segment !== '.') ?? '';
}

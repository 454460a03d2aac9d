// Reads the fixture charts, and the recorded outcomes of the original tool for them.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { ChartFiles } from '../../core/chart/types.js';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));

export type PackageVersion = 'v0.9.0' | 'v0.11.0';

export interface FixtureChart {
  readonly version: PackageVersion;
  /** `addon` or `community`. */
  readonly folder: string;
  readonly name: string;
  readonly files: ChartFiles;
}

/** Charts of both package versions. */
export function fixtureCharts(): FixtureChart[] {
  return (['v0.9.0', 'v0.11.0'] as const).flatMap((version) =>
    ['addon', 'community'].flatMap((folder) => {
      const parent = join(FIXTURES, 'charts', version, folder);
      return readdirSync(parent).map((name) => ({
        version,
        folder,
        name,
        files: readFolder(join(parent, name)),
      }));
    }),
  );
}

function readFolder(folder: string): ChartFiles {
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) =>
    statSync(join(folder, path)).isFile(),
  );
  return new Map(paths.sort().map((path) => [path.split(sep).join('/'), readFileSync(join(folder, path))]));
}

/** Charts that a package does not hold: the tool could not save them, or an image lacks the platform. */
export function inPackage(chart: FixtureChart, version: PackageVersion, arch: string): boolean {
  if (chart.version !== version || chart.name === 'bosun' || chart.name === 'marlinspike') return false;
  if (chart.name === 'bollard') return arch === 'arm64';
  return chart.name !== 'capstan' || version !== 'v0.9.0' || arch === 'amd64';
}

const caseSchema = z.object({
  packages: z.array(z.string()),
  target: z.object({
    containerRegistry: z.string().exactOptional(),
    containerPrefixRegistry: z.string().exactOptional(),
    containerRepository: z.string().exactOptional(),
    containerPrefixRepository: z.string().exactOptional(),
    appendOriginRegistry: z.boolean().exactOptional(),
  }),
});
const valuesSchema = z.record(z.string(), z.record(z.string(), z.string()));
const registrySchema = z.record(z.string(), z.record(z.string(), z.unknown()));

export interface GoldenCase {
  readonly name: string;
  readonly rules: z.infer<typeof caseSchema>['target'];
  /** Packages up to and with this step. */
  readonly packages: readonly { readonly version: PackageVersion; readonly arch: string }[];
  /** `<chart>-<version>` to path to text. */
  readonly values: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `repository:tag` of everything that the registry held afterwards. */
  readonly names: readonly string[];
}

/** Every case, and every step of the cases that have steps. */
export function goldenCases(): GoldenCase[] {
  const golden = join(FIXTURES, 'golden');
  return readdirSync(golden, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('values.json'))
    .sort()
    .map((path) => {
      const folder = join(golden, path, '..');
      const name = relative(golden, folder).split(sep).join('/');
      const [caseName = '', step] = name.split('/');
      const { packages, target } = caseSchema.parse(readJson(join(golden, caseName, 'case.json')));
      const upTo = step ? packages.slice(0, Number(step.split('-', 1)[0])) : packages;
      const registry = registrySchema.parse(readJson(join(folder, 'registry.json')));
      return {
        name,
        rules: target,
        packages: upTo.map(packageOf),
        values: valuesSchema.parse(readJson(join(folder, 'values.json'))),
        names: Object.entries(registry).flatMap(([repository, tags]) =>
          Object.keys(tags).map((tag) => `${repository}:${tag}`),
        ),
      };
    });
}

function packageOf(file: string): { version: PackageVersion; arch: string } {
  const [, version = '', arch = ''] = /-(v[\d.]+)-(\w+)\.tar\.gz$/.exec(file) ?? [];
  return { version: version === 'v0.9.0' ? 'v0.9.0' : 'v0.11.0', arch };
}

const renderingSchema = z.object({
  cases: z.array(
    z.object({
      case: z.string(),
      values: z.string(),
      hints: z.string(),
      rendered: z.string().optional(),
      error: z.string().optional(),
      noImages: z.boolean().optional(),
    }),
  ),
});

/** How the original renders single values and hints. */
export function renderingCases(): z.infer<typeof renderingSchema>['cases'] {
  return renderingSchema.parse(readJson(join(FIXTURES, 'golden', 'hint-rendering.json'))).cases;
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

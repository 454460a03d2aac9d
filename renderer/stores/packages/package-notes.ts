// Notes about a package that the person should read before the import, made from its inventory. Pure; the texts are elsewhere.
import type { InventoryPackage, Problem } from '../../../core/contract.js';
import { groupBy } from '../group-by.js';
import type { PackageFacts } from './package-name.js';

export type PackageNote =
  | {
      readonly kind: 'mislabelled';
      readonly names: readonly string[];
      /** The platform in the config, and that of the programs. */
      readonly says: string;
      readonly holds: string;
    }
  | { readonly kind: 'lacking'; readonly names: readonly string[] }
  | { readonly kind: 'old-importer' }
  | { readonly kind: 'problem'; readonly problem: Problem; readonly count: number };

/** The vendor's importer overwrites one architecture with another for packages below this version. */
const SAFE_IMPORTER = [0, 12, 0];
const ADDON_FAMILIES = ['full', 'standard', 'gpu'];

/** The notes about a package. */
export function packageNotes(inventory: InventoryPackage, facts: PackageFacts): readonly PackageNote[] {
  const { images, charts } = inventory;
  const mislabelled = images.filter(({ mislabelled: wrong, programs }) => wrong && programs !== 'unknown');
  const first = mislabelled[0];
  const lacking = [
    ...new Set(charts.filter(({ skipImages }) => !skipImages).flatMap((chart) => chart.lacking)),
  ];
  const notes: PackageNote[] = [];
  if (first) {
    const names = mislabelled.map(({ source }) => shortName(source));
    notes.push({ kind: 'mislabelled', names, says: archOf(first.platform), holds: archOf(first.programs) });
  }
  if (lacking.length > 0) notes.push({ kind: 'lacking', names: lacking.map(shortName) });
  if (ADDON_FAMILIES.includes(facts.family) && isBelow(facts.version, SAFE_IMPORTER))
    notes.push({ kind: 'old-importer' });
  const problems = [...inventory.problems, ...charts.flatMap((chart) => chart.problems)].concat(
    // The note about the mislabelled image says the same.
    images.filter((image) => !mislabelled.includes(image)).flatMap(({ problem }) => problem ?? []),
  );
  return [...notes, ...groupedByCode(problems)];
}

function groupedByCode(problems: readonly Problem[]): readonly PackageNote[] {
  const groups = groupBy(problems, ({ code }) => code);
  return [...groups.values()].flatMap((group): readonly PackageNote[] => {
    const problem = group[0];
    return problem ? [{ kind: 'problem', problem, count: group.length }] : [];
  });
}

/** `linux/arm64/v8` is shown as arm64. */
export function archOf(platform: string): string {
  return platform.replace(/^linux\//, '').replace(/^arm64\/v8$/, 'arm64');
}

/** Last part of an image's path, with its tag. */
export function shortName(reference: string): string {
  return reference.split('/').at(-1) ?? reference;
}

function isBelow(version: string, limit: readonly number[]): boolean {
  const numbers = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version)?.slice(1).map(Number);
  if (!numbers) return false;
  const differing = limit.findIndex((part, index) => (numbers[index] || 0) !== part);
  return differing >= 0 && (numbers[differing] || 0) < (limit[differing] ?? 0);
}

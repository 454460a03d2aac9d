// Options that name the target: a folder, a registry with its chart repositories, or a file that describes them.
import { resolve } from 'node:path';
import type { ChartRepositorySpec, TargetSpec } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import { choiceOf, flagOf, given, listOf, negatedOf, textOf } from './values.js';

const CHARTS_KINDS = ['chartmuseum', 'harbor', 'jfrog'] as const;
const NAMINGS = ['mirror'] as const;

export const targetOptions: OptionGroup = {
  heading: 'cli.group.target',
  options: [
    { flags: '--store <dir>', text: 'cli.opt.store' },
    { flags: '--registry <url>', text: 'cli.opt.registry' },
    { flags: '--charts <[folder=]url>', text: 'cli.opt.charts', repeatable: true },
    { flags: '--charts-kind <kind>', text: 'cli.opt.charts-kind', choices: CHARTS_KINDS },
    { flags: '-c, --config <file>', text: 'cli.opt.config' },
    { flags: '--bootstrap <host>', text: 'cli.opt.bootstrap' },
    { flags: '--syncer-config <file>', text: 'cli.opt.syncer-config' },
    { flags: '--target <name>', text: 'cli.opt.target' },
    { flags: '--convert-to-oci', text: 'cli.opt.convert-to-oci' },
    { flags: '--no-charts', text: 'cli.opt.no-charts' },
    { flags: '--no-images', text: 'cli.opt.no-images' },
  ],
};

/** For `import`, which takes several saved targets. */
export const severalTargetOptions: OptionGroup = {
  ...targetOptions,
  options: targetOptions.options.map((option) =>
    option.flags.startsWith('--target ') ? { ...option, text: 'cli.opt.targets', repeatable: true } : option,
  ),
};

export const namingOptions: OptionGroup = {
  heading: 'cli.group.naming',
  options: [
    { flags: '--container-registry <host>', text: 'cli.opt.container-registry' },
    { flags: '--container-prefix-registry <host>', text: 'cli.opt.container-prefix-registry' },
    { flags: '--container-repository <path>', text: 'cli.opt.container-repository' },
    { flags: '--container-prefix-repository <path>', text: 'cli.opt.container-prefix-repository' },
    { flags: '--append-origin-registry', text: 'cli.opt.append-origin-registry' },
    { flags: '--naming <scheme>', text: 'cli.opt.naming', choices: NAMINGS },
    { flags: '--keep-chart <glob>', text: 'cli.opt.keep-chart', repeatable: true },
  ],
};

/** Which options describe the target. */
export type TargetSource =
  | { readonly from: 'options'; readonly spec: TargetSpec }
  | { readonly from: 'cluster-config'; readonly file: string; readonly bootstrapHost: string | undefined }
  | { readonly from: 'syncer-config'; readonly file: string }
  /** A saved target; null: the default one, or else the default folder. */
  | { readonly from: 'saved'; readonly name: string | null };

/** The folder target where nothing is named and no saved target is the default. */
export const DEFAULT_STORE = './archbridge-store';

/** True where the options name a target; otherwise `readTargetSource` returns the default folder. */
export function namesTarget(values: OptionValues): boolean {
  return ['store', 'registry', 'charts', 'config', 'syncerConfig', 'target'].some(
    (name) => textOf(values, name) !== undefined,
  );
}

/** The target without naming rules, credentials and exclusions. Two targets at once are refused. */
export function readTargetSource(values: OptionValues): TargetSource {
  const store = textOf(values, 'store');
  const registry = textOf(values, 'registry');
  const config = textOf(values, 'config');
  const syncer = textOf(values, 'syncerConfig');
  const saved = textOf(values, 'target');
  const named = Object.entries({
    '--store': store,
    '--registry': registry,
    '-c': config,
    '--syncer-config': syncer,
    '--target': saved,
  })
    .filter(([, value]) => value !== undefined)
    .map(([option]) => option);
  if (named.length > 1) throw usage('cli.several-targets', { options: named.join(', ') });
  const charts = readCharts(values);
  const chartsAlone = charts !== undefined && named.length === 0 && negatedOf(values, 'images');
  if (charts !== undefined && !chartsAlone && store === undefined && registry === undefined) {
    throw usage('cli.option-needs', needs('--charts', '--registry'));
  }
  const bootstrapHost = textOf(values, 'bootstrap');
  if (bootstrapHost !== undefined && config === undefined)
    throw usage('cli.option-needs', needs('--bootstrap', '-c'));
  if (config !== undefined) return { from: 'cluster-config', file: config, bootstrapHost };
  if (syncer !== undefined) return { from: 'syncer-config', file: syncer };
  if (saved !== undefined) return { from: 'saved', name: saved };
  if (named.length === 0 && !chartsAlone) return { from: 'saved', name: null };
  if (registry !== undefined) refuseSecret('--registry', registry);
  // Absolute, because journals and reports are read from other folders later.
  const place = store === undefined ? undefined : resolve(store);
  return { from: 'options', spec: given<TargetSpec>({ store: place, registry, charts }) };
}

/** What is left out and how images are converted, which applies to every kind of target. */
export function readLeftOut(
  values: OptionValues,
): Pick<TargetSpec, 'noCharts' | 'noImages' | 'convertToOci'> {
  const noCharts = negatedOf(values, 'charts');
  const noImages = negatedOf(values, 'images');
  if (noCharts && noImages) throw usage('cli.nothing-left', {});
  return {
    ...(noCharts ? { noCharts } : {}),
    ...(noImages ? { noImages } : {}),
    ...(flagOf(values, 'convertToOci') ? { convertToOci: true } : {}),
  };
}

/** The naming rules that options set. */
export function readNaming(values: OptionValues): TargetSpec['naming'] {
  const naming = given<NonNullable<TargetSpec['naming']>>({
    containerRegistry: textOf(values, 'containerRegistry'),
    containerPrefixRegistry: textOf(values, 'containerPrefixRegistry'),
    containerRepository: textOf(values, 'containerRepository'),
    containerPrefixRepository: textOf(values, 'containerPrefixRepository'),
    appendOriginRegistry: flagOf(values, 'appendOriginRegistry') || undefined,
  });
  const rules = Object.keys(naming).length;
  if (choiceOf(values, 'naming', '--naming', NAMINGS) === undefined) return rules === 0 ? undefined : naming;
  if (rules > 0)
    throw usage('cli.options-exclude', {
      option: '--naming mirror',
      other: '--container-…, --append-origin-registry',
    });
  return { mirror: true };
}

/** The globs of `--keep-chart`. */
export function readKeepCharts(values: OptionValues): readonly string[] {
  return listOf(values, 'keepChart');
}

function readCharts(values: OptionValues): readonly ChartRepositorySpec[] | undefined {
  const kind = choiceOf(values, 'chartsKind', '--charts-kind', CHARTS_KINDS);
  const charts = listOf(values, 'charts').map((text) => {
    const match = /^([\w.-]+)=(.+)$/s.exec(text);
    const url = match?.[2] ?? text;
    refuseSecret('--charts', url);
    // A kind decides about the HTTP API; OCI registries and folders have only one.
    const kindOfUrl = /^https?:\/\//i.test(url) ? kind : undefined;
    return given<ChartRepositorySpec>({ folder: match?.[1], url, kind: kindOfUrl });
  });
  if (kind !== undefined && charts.every((chart) => chart.kind === undefined)) {
    throw usage('cli.option-needs', needs('--charts-kind', '--charts http(s)://…'));
  }
  return charts.length === 0 ? undefined : charts;
}

/** Refuses a password in a URL, because it would show in process lists, shell histories and logs. The message does not repeat it. */
function refuseSecret(option: string, url: string): void {
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/)?[^/]*@/i.test(url)) throw usage('cli.password-in-url', { option });
}

function needs(option: string, other: string): { option: string; other: string } {
  return { option, other };
}

function usage(
  code:
    | 'cli.several-targets'
    | 'cli.option-needs'
    | 'cli.options-exclude'
    | 'cli.nothing-left'
    | 'cli.password-in-url',
  params: Readonly<Record<string, string>>,
): AppError {
  return new AppError(code, { origin: 'config', params });
}

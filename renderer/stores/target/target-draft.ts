// A target while it is being written: its fields as typed, their errors, and the contract's description of it.
import type { ChartRepositorySpec, RememberedTarget, TargetSpec } from '../../../core/contract.js';
import type { TextKey } from '../../i18n/i18n.js';
import { hostOf, NODE_PLATFORMS, plainHosts, targetLabel, urlOf } from './target-spec.js';

export type NamingChoice = 'keep' | 'below' | 'one-project' | 'origin' | 'mirror' | 'as-given';
export type ChartsChoice = 'beside' | 'repository' | 'folder' | 'none';

export interface ChartsDraft {
  /** Folder of the package; '' for every folder. */
  readonly folder: string;
  readonly url: string;
  readonly kind: NonNullable<ChartRepositorySpec['kind']> | 'found-out';
  /** Its own account, where it lies on another host than the registry. */
  readonly username: string;
  readonly password: string;
}

export interface TargetDraft {
  /** Id of the target that is edited; null for a new one. */
  readonly id: string | null;
  /** '' for the registry's host. */
  readonly name: string;
  readonly registry: string;
  readonly username: string;
  readonly password: string;
  readonly keep: boolean;
  readonly chartsChoice: ChartsChoice;
  readonly charts: readonly ChartsDraft[];
  readonly naming: NamingChoice;
  /** Path for `below` and `one-project`. */
  readonly namingPath: string;
  /** Rules from a file that fit none of the choices above. */
  readonly givenNaming: TargetSpec['naming'];
  readonly platforms: readonly string[];
  readonly allowHosts: string;
  /** Paths of PEM files. */
  readonly caFiles: readonly string[];
  /** SHA-256 of certificates that a person trusts. */
  readonly fingerprints: readonly string[];
  readonly convertToOci: boolean;
  /** What the form has no field for: addresses of hosts, a proxy, a client certificate, images or charts left out. */
  readonly others: Pick<TargetSpec, 'resolve' | 'proxy' | 'tls' | 'noImages'>;
  /** The host's name, typed by the person because it is reached without encryption. */
  readonly plainTyped: string;
  /** Hosts without encryption that the person accepted earlier. */
  readonly plainAgreed: readonly string[];
  /** Notes about the file that the target was read from. */
  readonly notes: readonly string[];
  readonly from: 'cluster-config' | 'syncer-config' | 'docker-config' | null;
}

export const NO_CHARTS: ChartsDraft = {
  folder: '',
  url: '',
  kind: 'found-out',
  username: '',
  password: '',
};

export const EMPTY_DRAFT: TargetDraft = {
  id: null,
  name: '',
  registry: '',
  username: '',
  password: '',
  keep: true,
  chartsChoice: 'beside',
  charts: [NO_CHARTS],
  naming: 'keep',
  namingPath: '',
  givenNaming: undefined,
  platforms: NODE_PLATFORMS,
  allowHosts: '',
  caFiles: [],
  fingerprints: [],
  convertToOci: false,
  others: {},
  plainTyped: '',
  plainAgreed: [],
  notes: [],
  from: null,
};

/** The fields of an existing target; passwords are never among them. */
export function draftOf(target: RememberedTarget): TargetDraft {
  const { id, label, spec, username, chartsUsername = '', platforms } = target;
  const name = label === targetLabel(spec) ? '' : label;
  const fields = fromSpec(spec);
  return {
    ...fields,
    charts: fields.charts.map((one) => ({ ...one, username: one.username || chartsUsername })),
    ...{ id, name, username, platforms },
    plainAgreed: plainHosts(spec),
  };
}

/** The fields of a target that a file describes. */
export function fromSpec(spec: TargetSpec): TargetDraft {
  const { naming = {}, charts = [] } = spec;
  return {
    ...EMPTY_DRAFT,
    registry: spec.registry ?? '',
    chartsChoice: chartsChoiceOf(spec),
    charts:
      charts.length === 0
        ? [NO_CHARTS]
        : charts.map(({ folder = '', url, kind, username = '' }) => {
            return { folder, url, kind: kind ?? 'found-out', username, password: '' };
          }),
    ...namingChoiceOf(naming, hostOf(spec.registry ?? '')),
    givenNaming: spec.naming,
    allowHosts: (spec.allowHosts ?? []).join(', '),
    caFiles: spec.tls?.caFiles ?? [],
    fingerprints: spec.tls?.fingerprints ?? [],
    convertToOci: spec.convertToOci ?? false,
    others: {
      ...(spec.resolve ? { resolve: spec.resolve } : {}),
      ...(spec.proxy ? { proxy: spec.proxy } : {}),
      ...(spec.noImages ? { noImages: true } : {}),
      ...(spec.tls ? { tls: spec.tls } : {}),
    },
  };
}

function chartsChoiceOf({ noCharts, charts }: TargetSpec): ChartsChoice {
  if (noCharts === true) return 'none';
  if (charts === undefined || charts.length === 0) return 'beside';
  return charts.every(({ url }) => !isUrl(url)) ? 'folder' : 'repository';
}

function namingChoiceOf(
  naming: NonNullable<TargetSpec['naming']>,
  host: string,
): Pick<TargetDraft, 'naming' | 'namingPath'> {
  const { containerRegistry, containerPrefixRegistry, containerRepository, containerPrefixRepository } =
    naming;
  const rules = [containerRegistry, containerPrefixRegistry, containerRepository, containerPrefixRepository];
  const set = rules.filter((rule) => rule !== undefined && rule !== '').length;
  if (naming.mirror === true) return { naming: 'mirror', namingPath: '' };
  if (set === 0) return { naming: 'keep', namingPath: '' };
  if (set === 1 && containerPrefixRepository)
    return { naming: 'below', namingPath: containerPrefixRepository };
  if (set === 1 && containerRepository) return { naming: 'one-project', namingPath: containerRepository };
  if (set === 1 && containerPrefixRegistry === host && naming.appendOriginRegistry === true)
    return { naming: 'origin', namingPath: '' };
  return { naming: 'as-given', namingPath: '' };
}

/** The target that the fields describe, without passwords. */
export function specOf(draft: TargetDraft): TargetSpec {
  const allowHosts = splitList(draft.allowHosts);
  const naming = namingOf(draft);
  return {
    registry: draft.registry.trim(),
    ...chartsOf(draft),
    ...(naming === undefined ? {} : { naming }),
    ...(allowHosts.length > 0 ? { allowHosts } : {}),
    ...(draft.convertToOci ? { convertToOci: true } : {}),
    ...withoutTls(draft.others),
    ...tlsOf(draft),
  };
}

function withoutTls({ tls: _tls, ...others }: TargetDraft['others']): Omit<TargetDraft['others'], 'tls'> {
  return others;
}

function tlsOf({ caFiles, fingerprints, others }: TargetDraft): Pick<TargetSpec, 'tls'> {
  const { caFiles: _files, fingerprints: _trusted, ...client } = others.tls ?? {};
  const tls = {
    ...client,
    ...(caFiles.length > 0 ? { caFiles } : {}),
    ...(fingerprints.length > 0 ? { fingerprints } : {}),
  };
  return Object.keys(tls).length > 0 ? { tls } : {};
}

function namingOf({ naming, namingPath, registry, givenNaming }: TargetDraft): TargetSpec['naming'] {
  const path = namingPath.trim();
  switch (naming) {
    case 'keep':
      return undefined;
    case 'below':
      return { containerPrefixRepository: path };
    case 'one-project':
      return { containerRepository: path };
    case 'origin':
      return { containerPrefixRegistry: hostOf(registry.trim()), appendOriginRegistry: true };
    case 'mirror':
      return { mirror: true };
    case 'as-given':
      return givenNaming;
  }
}

function chartsOf(draft: TargetDraft): Pick<TargetSpec, 'charts' | 'noCharts'> {
  const { chartsChoice, charts } = draft;
  switch (chartsChoice) {
    case 'beside':
      return {};
    case 'none':
      return { noCharts: true };
    case 'folder':
      return { charts: charts.slice(0, 1).map(({ url }) => ({ url: url.trim() })) };
    case 'repository':
      return {
        charts: charts.map((one) => {
          const { folder, url, kind, username } = one;
          return {
            ...(folder.trim() === '' ? {} : { folder: folder.trim() }),
            url: url.trim(),
            ...(kind === 'found-out' || !/^https?:/i.test(url.trim()) ? {} : { kind }),
            ...(isElsewhere(draft, one) && username.trim() !== '' ? { username: username.trim() } : {}),
          };
        }),
      };
  }
}

export type DraftField =
  'registry' | 'username' | 'password' | 'charts' | 'namingPath' | 'plainTyped' | 'chartsPassword';

/** Errors of the fields; none when the target can be saved. */
export function draftProblems(draft: TargetDraft): Partial<Record<DraftField, TextKey>> {
  const problems: Partial<Record<DraftField, TextKey>> = {};
  const registry = registryProblem(draft.registry.trim());
  if (registry) problems.registry = registry;
  if (draft.password !== '' && draft.username.trim() === '') problems.username = 'target.problem.username';
  if (draft.charts.some(({ username, password }) => password !== '' && username.trim() === ''))
    problems.chartsPassword = 'target.problem.username';
  if (draft.chartsChoice === 'folder' && (draft.charts[0]?.url.trim() ?? '') === '')
    problems.charts = 'target.problem.folder';
  if (draft.chartsChoice === 'repository' && !draft.charts.every(({ url }) => isChartsUrl(url.trim())))
    problems.charts = 'target.problem.charts';
  const needsPath = draft.naming === 'below' || draft.naming === 'one-project';
  if (needsPath && !isRepositoryPath(draft.namingPath.trim())) problems.namingPath = 'target.problem.path';
  if (!registry && hostToType(draft) !== null && draft.plainTyped.trim() !== hostToType(draft))
    problems.plainTyped = 'target.problem.plain';
  return problems;
}

/** The host without encryption whose name must be typed before saving; null when there is none or it was accepted earlier. */
export function hostToType(draft: TargetDraft): string | null {
  const hosts = plainHosts(specOf(draft));
  return hosts.find((host) => !draft.plainAgreed.includes(host)) ?? null;
}

/** True for a chart repository on another host than the registry's, which may need another password. */
export function isElsewhere({ registry, chartsChoice }: TargetDraft, { url }: ChartsDraft): boolean {
  return chartsChoice === 'repository' && isUrl(url) && hostOf(url.trim()) !== hostOf(registry.trim());
}

function registryProblem(text: string): TextKey | null {
  if (text === '') return 'target.problem.registryEmpty';
  if (/^[a-z]+:/i.test(text) && !/^https?:\/\//i.test(text) && !/^[^/]+:\d+$/.test(text))
    return 'target.problem.registry';
  const url = urlOf(text);
  if (url === null) return 'target.problem.registry';
  if (url.username !== '' || url.password !== '') return 'target.problem.registryPassword';
  return url.pathname === '/' && url.search === '' && url.hash === '' ? null : 'target.problem.registryPath';
}

function isUrl(text: string): boolean {
  return /^(https?|oci):\/\//i.test(text.trim());
}

function isChartsUrl(text: string): boolean {
  const url = isUrl(text) ? urlOf(text.replaceAll('{repo}', 'repo')) : null;
  return url !== null && url.username === '' && url.password === '';
}

/** https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests */
function isRepositoryPath(text: string): boolean {
  return /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/.test(text);
}

/** The parts of a text that are separated by blanks, commas or semicolons. */
export function splitList(text: string): readonly string[] {
  return text.split(/[\s,;]+/).filter((part) => part !== '');
}

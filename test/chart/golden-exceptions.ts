// Outcomes that differ from the original tool's on purpose, each with its reason. All others must be equal.
import type { GoldenCase } from './fixture-charts.js';

type Rules = GoldenCase['rules'];

export interface ValuesException {
  readonly chart: string;
  readonly reason: string;
  /** Our values.yaml, made from the original's. */
  readonly ours: (golden: string, rules: Rules) => string;
}

/** Charts whose values.yaml differs. */
export const VALUES_EXCEPTIONS: readonly ValuesException[] = [
  {
    chart: 'tidewatch',
    reason: 'Quotes around a changed value stay; the original drops them.',
    ours: (
      golden,
      { containerPrefixRepository, containerRegistry, containerPrefixRegistry, containerRepository },
    ) => {
      const registryChanged = containerRegistry !== undefined || containerPrefixRegistry !== undefined;
      const repository = /\n {2}repository: (?!tidewatch-io\/gauge)(\S*gauge)\n/;
      const text = registryChanged ? golden.replace(/(gauge:\n {2}registry: )(\S+)/, '$1"$2"') : golden;
      return containerRepository || containerPrefixRepository || containerPrefixRegistry
        ? text.replace(repository, "\n  repository: '$1'\n")
        : text;
    },
  },
  {
    chart: 'sluice',
    reason: "A value that holds the tag keeps the tag; the original writes one architecture's digest.",
    ours: (golden) => golden.replace(/@sha256:[0-9a-f]{64}/g, ':v0.14.6'),
  },
  {
    chart: 'sounding',
    reason: 'The tag in the value stays here too, and so do the quotes.',
    ours: (golden) => golden.replace(/image: (\S+)@sha256:[0-9a-f]{64}/, 'image: "$1:0.1.0"'),
  },
  {
    chart: 'driftnet',
    reason: 'The map of a subchart that the parent lacks is created; the original loses the change.',
    ours: (golden) => {
      const registry = /registry: (\S+)/.exec(golden)?.[1] ?? '';
      const repository = /repository: (\S+)\/collector/.exec(golden)?.[1] ?? '';
      return [
        `${golden}driftnet-probe:`,
        '  image:',
        ...(registry === 'ghcr.io' ? [] : [`    registry: ${registry}`]),
        ...(repository === 'driftnet' ? [] : [`    repository: ${repository}/probe`]),
        '',
      ].join('\n');
    },
  },
  {
    chart: 'beacon-stack',
    reason: 'The comment of the line before an appended key stays where it is; the original moves it.',
    ours: (golden) => {
      const comment = '     # the image of the user interface is set in the subchart only';
      const [above = '', below = ''] = golden.replace(comment, '').split('beacon-ui:\n  enabled: true');
      return `${above}beacon-ui:\n  enabled: true${comment}${below}`;
    },
  },
  {
    chart: 'harbourlight',
    reason: 'The literal end of a hint is not doubled, in the pushed name and the values alike.',
    ours: (golden) =>
      golden
        .replace(/(imageRegistry: \S+?)(?:\/lightworks)?\/lens\n/, '$1\n')
        .replace(/(repository: \S+)\/prism\n/, '$1\n'),
  },
];

/** Names that differ: the original's `repository:tag` to ours. */
export function ourName(golden: string): string {
  return golden
    .replace(/(^|\/)lightworks\/lens\/lightworks\/lens:/, '$1lightworks/lens:')
    .replace(/mirror\/all\/lens\/lightworks\/lens:/, 'mirror/all/lightworks/lens:')
    .replace(/\/prism\/prism:/, '/prism:');
}

/** Rules under which the original makes an illegal name of a registry with a port. */
export function losesPorts(rules: Rules): boolean {
  if (rules.containerPrefixRegistry === undefined) return false;
  return rules.containerRepository === undefined || rules.appendOriginRegistry === true;
}

/** Charts that we publish and the original loses. */
export const ONLY_OURS: readonly {
  readonly chart: string;
  readonly reason: string;
  readonly when: (rules: Rules) => boolean;
}[] = [
  { chart: 'mooring', reason: 'Images named by digest are imported under a pin tag.', when: () => true },
  { chart: 'compass-rose', reason: 'Keys at the root are written like any other.', when: () => true },
  {
    chart: 'gangway',
    reason:
      "A source registry's port becomes part of a legal path under containerPrefixRegistry (`localhost-5001`).",
    when: losesPorts,
  },
];

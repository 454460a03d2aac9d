// Options that decide what happens when the target holds other content.
import type { ImportRequest } from '../../core/contract.js';
import type { OptionGroup, OptionValues } from '../command.js';
import { choiceOf, flagOf, given } from './values.js';
import { platformsOf } from './what.js';

const ON_CHANGE = ['newer', 'replace', 'keep', 'stop'] as const;
const ON_CHART_CHANGE = ['auto', 'replace', 'keep', 'stop'] as const;
const CREATE_PROJECTS = ['like-existing', 'private', 'public', 'never'] as const;

export const policyOptions: OptionGroup = {
  heading: 'cli.group.policies',
  options: [
    { flags: '--on-change <policy>', text: 'cli.opt.on-change', choices: ON_CHANGE },
    { flags: '--on-chart-change <policy>', text: 'cli.opt.on-chart-change', choices: ON_CHART_CHANGE },
    { flags: '--create-projects <how>', text: 'cli.opt.create-projects', choices: CREATE_PROJECTS },
    { flags: '--allow-mislabelled', text: 'cli.opt.allow-mislabelled' },
    { flags: '--accept-unproven', text: 'cli.opt.accept-unproven' },
    { flags: '--require-platforms <platforms>', text: 'cli.opt.require-platforms', repeatable: true },
  ],
};

type Policies = Pick<
  ImportRequest,
  'onChange' | 'onChartChange' | 'createProjects' | 'allowMislabelled' | 'acceptUnproven' | 'requirePlatforms'
>;

/** What happens to content that differs; an absent member means the default. */
export function readPolicies(values: OptionValues): Policies {
  const required = platformsOf(values, 'requirePlatforms', '--require-platforms');
  return given<Policies>({
    onChange: choiceOf(values, 'onChange', '--on-change', ON_CHANGE),
    onChartChange: choiceOf(values, 'onChartChange', '--on-chart-change', ON_CHART_CHANGE),
    createProjects: choiceOf(values, 'createProjects', '--create-projects', CREATE_PROJECTS),
    allowMislabelled: flagOf(values, 'allowMislabelled') || undefined,
    acceptUnproven: flagOf(values, 'acceptUnproven') || undefined,
    requirePlatforms: required.length === 0 ? undefined : required,
  });
}

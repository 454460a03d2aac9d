// Options about which hosts may be contacted.
import type { TargetSpec } from '../../core/contract.js';
import type { OptionGroup, OptionValues } from '../command.js';
import { badValue, commaListOf } from './values.js';

export const networkOptions: OptionGroup = {
  heading: 'cli.group.network',
  options: [{ flags: '--allow-host <host[:port]>', text: 'cli.opt.allow-host', repeatable: true }],
};

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/i;

export function readNetwork(values: OptionValues): Pick<TargetSpec, 'allowHosts'> {
  const allowHosts = commaListOf(values, 'allowHost');
  for (const host of allowHosts) if (!HOST.test(host)) badValue('--allow-host', host, 'host[:port]');
  return allowHosts.length === 0 ? {} : { allowHosts };
}

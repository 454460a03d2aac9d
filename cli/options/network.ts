// Options about which hosts may be contacted, which certificates are trusted, and at which addresses hosts are.
import { resolve } from 'node:path';
import type { TargetSpec, TlsSpec } from '../../core/contract.js';
import type { OptionGroup, OptionValues } from '../command.js';
import { badValue, commaListOf, flagOf, given, listOf, textOf } from './values.js';

export const networkOptions: OptionGroup = {
  heading: 'cli.group.network',
  options: [
    { flags: '--allow-host <host[:port]>', text: 'cli.opt.allow-host', repeatable: true },
    { flags: '--ca-file <file>', text: 'cli.opt.ca-file', repeatable: true },
    { flags: '--cert <file>', text: 'cli.opt.cert' },
    { flags: '--key <file>', text: 'cli.opt.client-key' },
    { flags: '--trust-fingerprint <sha256>', text: 'cli.opt.trust-fingerprint', repeatable: true },
    { flags: '--insecure-skip-tls-verify', text: 'cli.opt.insecure-skip-tls-verify' },
    { flags: '--resolve <host:port:address>', text: 'cli.opt.resolve', repeatable: true },
  ],
};

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/i;

/**
 * The hosts, certificates and addresses that the options name.
 * @param extraCaFile value of NODE_EXTRA_CA_CERTS, which Node itself ignores when a connection has its own list of authorities
 */
export function readNetwork(
  values: OptionValues,
  extraCaFile: string | undefined,
): Pick<TargetSpec, 'allowHosts' | 'tls' | 'resolve'> {
  const allowHosts = commaListOf(values, 'allowHost');
  for (const host of allowHosts) if (!HOST.test(host)) badValue('--allow-host', host, 'host[:port]');
  const resolved = listOf(values, 'resolve');
  const caFiles = [...listOf(values, 'caFile'), ...(extraCaFile ? [extraCaFile] : [])];
  const fingerprints = listOf(values, 'trustFingerprint');
  const tls = given<TlsSpec>({
    caFiles: caFiles.length > 0 ? caFiles.map((file) => resolve(file)) : undefined,
    certFile: absolute(textOf(values, 'cert')),
    keyFile: absolute(textOf(values, 'key')),
    fingerprints: fingerprints.length > 0 ? fingerprints : undefined,
    skipVerify: flagOf(values, 'insecureSkipTlsVerify') || undefined,
  });
  return {
    ...(allowHosts.length === 0 ? {} : { allowHosts }),
    ...(resolved.length === 0 ? {} : { resolve: resolved }),
    ...(Object.keys(tls).length === 0 ? {} : { tls }),
  };
}

function absolute(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

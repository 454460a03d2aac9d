// Options about which hosts may be contacted, which certificates are trusted, and at which addresses hosts are.
import { resolve } from 'node:path';
import type { TargetSpec, TlsSpec } from '../../core/contract.js';
import { AppError } from '../../core/engine.js';
import type { OptionGroup, OptionValues } from '../command.js';
import type { Environment } from '../io.js';
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
    { flags: '--use-proxy [url]', text: 'cli.opt.use-proxy' },
  ],
};

const HOST = /^(?:\[[0-9a-f:.]+\]|[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?)(?::\d{1,5})?$/i;

/**
 * The hosts, certificates, addresses and the proxy that the options name.
 * @param env for NODE_EXTRA_CA_CERTS, which Node itself ignores when a connection has its own list of authorities, and for the proxies
 */
export function readNetwork(
  values: OptionValues,
  env: Environment,
): Pick<TargetSpec, 'allowHosts' | 'tls' | 'resolve' | 'proxy'> {
  const extraCaFile = env['NODE_EXTRA_CA_CERTS'];
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
    ...readProxy(values, env),
  };
}

/** Proxies of the environment count only where `--use-proxy` asks for them; a URL with a password comes from there alone. */
function readProxy(values: OptionValues, env: Environment): Pick<TargetSpec, 'proxy'> {
  const url = textOf(values, 'useProxy');
  if (url === undefined && !flagOf(values, 'useProxy')) return {};
  if (url?.includes('@')) throw new AppError('cli.proxy-password', { origin: 'config' });
  if (url !== undefined && !/^https?:\/\/[^/]+\/?$|^[^/:]+:\d{1,5}$/.test(url))
    badValue('--use-proxy', url, 'http://host:port');
  const known =
    url ?? variable(env, 'HTTPS_PROXY') ?? variable(env, 'HTTP_PROXY') ?? variable(env, 'ALL_PROXY');
  if (known === undefined) throw new AppError('cli.no-proxy', { origin: 'config' });
  const except = (variable(env, 'NO_PROXY') ?? '').split(',').filter((one) => one.trim() !== '');
  return { proxy: { url: known, except } };
}

function variable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toLowerCase()] || undefined;
}

function absolute(file: string | undefined): string | undefined {
  return file === undefined ? undefined : resolve(file);
}

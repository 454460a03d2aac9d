// What `check` asks of a registry: whether it answers and takes the login, and then what this account may do there.
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { CheckRegistry, FurtherHost, Problem, RegistryAnswers } from '../../contract.js';
import { AppError, isAbort, toProblem, type Origin } from '../../errors.js';
import { eitherSignal } from '../../flow/cancel.js';
import { allowHosts, hostAndPort } from '../../registry/http/allowed-hosts.js';
import { goesThrough } from '../../registry/http/proxy-tunnel.js';
import { serverCertificate } from '../../registry/http/server-certificate.js';
import { greetRegistry } from '../../registry/login/greeting.js';
import { productOf } from '../../registry/login/product.js';
import { createRegistryTarget, type RegistryTarget } from '../../registry/registry-target.js';
import type { RegistryProbe } from '../../registry/probe.js';
import { createTransport } from '../../registry/http/transport.js';
import { networkOf } from '../../target/connect.js';
import { projectOf } from '../../target/projects.js';
import type { ImageLocation, ResolvedTarget } from '../../target/spec.js';
import type { EngineDeps } from '../deps.js';
import type { Cancellable } from '../../ports/cancellable.js';

type RegistryLocation = Extract<ImageLocation, { kind: 'registry' }>;

/** The answers, and what is wrong. */
export interface Found<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** Milliseconds; short, because a person waits for the answer. */
const PATIENCE_MS = 10_000;

/** Asks first without credentials, which tells what it is, then with them, then what they allow. */
export async function checkRegistry(
  { url, credentials, credentialsFrom }: RegistryLocation,
  target: ResolvedTarget,
  deps: EngineDeps,
  options: Cancellable,
): Promise<Found<CheckRegistry>> {
  const base = new URL(url);
  const host = hostAndPort(base);
  const onRequest = (line: string): void => deps.log('debug', line);
  const network = networkOf(target, options);
  await network.trust();
  const allowed = { allowHosts: target.allowHosts, onRequest, network };
  const transport = createTransport({ origin: 'registry', allowedHosts: [host], onRequest, network });
  const registry = createRegistryTarget({ url, ...(credentials ? { credentials } : {}), ...allowed });
  const own = credentials ? (credentialsFrom ?? { kind: 'app' as const, where: '' }) : null;
  let value: CheckRegistry = {
    url,
    reachable: false,
    product: 'unknown',
    auth: 'none',
    free: null,
    certificate: null,
    credentials: own,
    addresses: [],
  };
  const isProxied = target.proxy !== null && goesThrough(target.proxy, host);
  const hosts: FurtherHost[] = [];
  const isAllowed = allowHosts([host, ...target.allowHosts]);
  const see = (use: FurtherHost['use'], place: string | null): void => {
    if (place === null || place === host || hosts.some((one) => one.host === place)) return;
    hosts.push({ host: place, use, isAllowed: isAllowed(new URL(`https://${place}`)) });
  };
  try {
    if (base.protocol === 'https:' && !isProxied) {
      const certificate = await serverCertificate(base, target.resolve.get(host), options);
      value = { ...value, certificate };
    }
    const probe = await inTime(host, 'registry', options, async ({ signal }) => {
      const { challenges, headers } = await greetRegistry(transport, base, null, { signal });
      const schemes = challenges.map(({ scheme }) => scheme);
      const auth = schemes.includes('bearer') ? 'token' : schemes.includes('basic') ? 'basic' : 'none';
      value = { ...value, reachable: true, product: productOf(headers), auth, ...clockOf(headers) };
      see('token-service', realmOf(challenges, base));
      // Behind a proxy the proxy asks the name server.
      if (!isProxied) value = { ...value, addresses: await addressesOf(base, target) };
      value = { ...value, product: (await registry.ping({ signal })).product };
      return registry.probe({ signal });
    });
    see('uploads', probe.uploads);
    see('blobs', probe.blobs);
    const quota = await quotaOf(registry, target, options);
    value = { ...value, ...answersOf(value, probe, quota) };
    return { value: { ...value, hosts }, problems: problemsOf(hosts) };
  } catch (error) {
    return { value: { ...value, hosts }, problems: [problemOf(error, options)] };
  } finally {
    await transport.close();
    await registry.close();
  }
}

function realmOf(
  challenges: Awaited<ReturnType<typeof greetRegistry>>['challenges'],
  base: URL,
): string | null {
  const realm = challenges.find(({ scheme }) => scheme === 'bearer')?.params['realm'];
  return realm !== undefined && URL.canParse(realm, base.href) ? hostAndPort(new URL(realm, base)) : null;
}

/** Uploads and blobs would fail there; a token service that is not allowed has failed already. */
function problemsOf(hosts: readonly FurtherHost[]): readonly Problem[] {
  return hosts
    .filter(({ isAllowed }) => !isAllowed)
    .map(({ host }) =>
      toProblem(
        new AppError('registry.host-not-allowed', { origin: 'registry', params: { host, url: host } }),
      ),
    );
}

function answersOf(
  { product, clockSkewSeconds = null }: CheckRegistry,
  { uploads: _uploads, blobs: _blobs, ...probe }: RegistryProbe,
  quota: RegistryAnswers['quota'],
): Partial<RegistryAnswers> {
  const open: [
    RegistryAnswers['unanswered'][number]['question'],
    unknown,
    'administrator' | 'plan' | 'import',
  ][] = [
    ['version', probe.version, 'administrator'],
    ['mayPull', probe.mayPull, 'plan'],
    ['mayPush', probe.mayPush, 'import'],
    ['mayDelete', probe.mayDelete, 'administrator'],
    // Only Harbor and JFrog have projects to create.
    [
      'mayCreateProjects',
      product === 'distribution' || product === 'zot' ? '' : probe.mayCreateProjects,
      'import',
    ],
    ['quota', quota, product === 'harbor' ? 'plan' : 'administrator'],
    ['clock', clockSkewSeconds, 'administrator'],
  ];
  const unanswered = open.flatMap(([question, answer, by]) => (answer === null ? [{ question, by }] : []));
  return { ...probe, quota, clockSkewSeconds, unanswered };
}

/** The project that all images go to under these naming rules, where there is one. */
async function quotaOf(
  registry: RegistryTarget,
  { rules }: ResolvedTarget,
  options: Cancellable,
): Promise<RegistryAnswers['quota']> {
  const project = projectOf(rules.containerRepository ?? rules.containerPrefixRepository ?? '');
  if (project === '') return null;
  const room = await (await registry.projects(options))?.room(project, options);
  return room ? { project, free: room.free } : null;
}

/** Seconds by which the clock of the answer is ahead; nothing where the answer has no date. */
function clockOf({ date = '' }: Readonly<Record<string, string>>): Pick<CheckRegistry, 'clockSkewSeconds'> {
  const there = Date.parse(date);
  return Number.isNaN(there) ? {} : { clockSkewSeconds: Math.round((there - Date.now()) / 1_000) };
}

/** The addresses of the host's name; none where it has none, which the connection then tells with its own words. */
async function addressesOf(base: URL, { resolve }: ResolvedTarget): Promise<readonly string[]> {
  const given = resolve.get(hostAndPort(base));
  const name = base.hostname.replace(/^\[|\]$/g, '');
  if (given !== undefined || isIP(name) !== 0) return [given ?? name];
  const found = await lookup(name, { all: true }).catch(() => []);
  return found.map(({ address }) => address);
}

/** Throws `registry.unreachable-timeout` where the work takes too long for a person who waits. */
export async function inTime<T>(
  host: string,
  origin: Origin,
  { signal }: Cancellable,
  work: (options: Cancellable) => Promise<T>,
): Promise<T> {
  const late = AbortSignal.timeout(PATIENCE_MS);
  try {
    return await work({ signal: eitherSignal(signal, late) });
  } catch (error) {
    if (!late.aborted || signal.aborted) throw error;
    const params = { host, reason: `${PATIENCE_MS / 1000} s` };
    throw new AppError('registry.unreachable-timeout', { origin, params, retryable: true, cause: error });
  }
}

/** Turns an AppError into the value; a cancellation and any other error are thrown. */
export function problemOf(error: unknown, { signal }: Cancellable): Problem {
  if (isAbort(error, signal) || !(error instanceof AppError)) throw error;
  return toProblem(error);
}

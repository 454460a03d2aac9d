// Opens a chart repository over HTTP: finds out what it is, and proves that it answers and takes the credentials.
import { createChartMuseum } from '../chart-repo/chartmuseum.js';
import { createJfrogCharts } from '../chart-repo/jfrog.js';
import { probeChartRepository } from '../chart-repo/probe.js';
import { AppError } from '../errors.js';
import type { Patience } from '../flow/patience.js';
import type { Cancellable } from '../ports/cancellable.js';
import type { ChartTarget } from '../ports/chart-target.js';
import { hostAndPort } from '../registry/http/allowed-hosts.js';
import { probeServer } from '../registry/http/probe-server.js';
import type { RetryPolicy } from '../registry/http/retry.js';
import { createTransport, type NetworkSettings, type TransportOptions } from '../registry/http/transport.js';
import type { ChartLocation } from './spec.js';

/** A chart repository and what has to be closed with it. */
export interface OpenCharts {
  readonly charts: ChartTarget;
  close(): Promise<void>;
}

export interface HttpChartsOptions extends Cancellable {
  readonly allowHosts: readonly string[];
  readonly network: NetworkSettings;
  readonly onRequest: (line: string, isAnswered: boolean) => void;
  /** Of requests to the open repository. */
  readonly retries: RetryPolicy;
  /** Of the questions what it is; null: each is asked once. */
  readonly probing: RetryPolicy | null;
  /** True where the server has answered this run before: it is waited for when it goes away while the repository is opened. */
  readonly isKnown: boolean;
  /** One that goes away is waited for, as the registries of the run are. */
  readonly patience?: Patience;
  /** A repository that this account may only read is refused. */
  readonly publishes?: boolean;
}

/** Throws `chart-repo.kind-unsupported`, `chart-repo.read-only`, and what the first requests throw. Nothing is published. */
export async function openHttpCharts(
  { url, product, credentials }: Extract<ChartLocation, { kind: 'http' }>,
  {
    allowHosts,
    network,
    onRequest,
    probing,
    isKnown,
    patience,
    publishes,
    signal,
    ...options
  }: HttpChartsOptions,
): Promise<OpenCharts> {
  const connecting = connectionTo(url, { allowHosts, network, onRequest });
  const transport = createTransport(connecting);
  const auth = credentials ? { credentials } : {};
  // The probe has connections of its own: it belongs to all repositories of this host and outlives each.
  const probe = async (o: Cancellable): Promise<AppError | null> => {
    const own = createTransport(connecting);
    return probeServer(own, url, o).finally(() => own.close());
  };
  const watch = patience?.watch(new URL(url).host, probe) ?? null;
  try {
    // A server that has not answered yet is not waited for: its address may be wrong.
    const early = isKnown ? watch : null;
    const asking = { ...auth, ...(probing ? { retries: { ...probing, watch: early } } : {}), signal };
    // Harbor has had no chart repository since 2.8, so one that is named has to be looked for.
    const known = product === 'harbor' ? undefined : product;
    const kind = known ?? (await probeChartRepository(url, transport, asking));
    if (kind === 'static')
      throw new AppError('chart-repo.kind-unsupported', { origin: 'config', params: { url, kind } });
    const chartsWith = (retries: RetryPolicy): ChartTarget => {
      const access = { url, ...auth, transport, retries };
      return kind === 'jfrog' ? createJfrogCharts(access) : createChartMuseum({ ...access, kind });
    };
    // Probing needs no rights; reading a chart checks the credentials before anything is sent
    const asked = chartsWith({ ...options.retries, watch: early });
    await asked.getChart('archbridge', '0.0.0', { signal });
    if (publishes && (await asked.mayPublish({ signal })) === false)
      throw readOnly(url, credentials?.username);
    return { charts: chartsWith({ ...options.retries, watch }), close: () => transport.close() };
  } catch (error) {
    await transport.close();
    throw error;
  }
}

/** Proves that a server answers anything at all. Throws what keeps it from that, for example `registry.unreachable`. */
export async function expectAnswer(
  url: string,
  { signal, ...options }: Pick<HttpChartsOptions, 'allowHosts' | 'network' | 'onRequest' | 'signal'>,
): Promise<void> {
  const transport = createTransport(connectionTo(url, options));
  try {
    await (await transport.send({ method: 'GET', url, signal })).discard();
  } finally {
    await transport.close();
  }
}

function connectionTo(
  url: string,
  { allowHosts, network, onRequest }: Pick<HttpChartsOptions, 'allowHosts' | 'network' | 'onRequest'>,
): TransportOptions {
  const allowedHosts = [hostAndPort(new URL(url)), ...allowHosts];
  return { origin: 'chart-repo', allowedHosts, onRequest, network };
}

/** The repository answers questions and refuses uploads. Those that let everybody read do not notice a wrong password before. */
export function readOnly(url: string, user: string | undefined): AppError {
  return new AppError(user === undefined ? 'chart-repo.read-only-anonymous' : 'chart-repo.read-only', {
    origin: 'chart-repo',
    params: { url, user: user ?? '' },
  });
}

// Finds out what kind of chart repository a URL is from the contents of its answers; status 200 alone may be a welcome page.
import { z } from 'zod';
import { AppError } from '../errors.js';
import type { RetryPolicy } from '../registry/http/retry.js';
import type { Transport } from '../registry/http/transport-types.js';
import { harborPaths, isRefusal, locateMuseum } from './chartmuseum-paths.js';
import { parseChartIndex } from './index-yaml.js';
import { RepositoryClient, type RepositoryCredentials } from './repository-client.js';
import { parseRepositoryUrl, type RepositoryUrl } from './repository-url.js';

/** `static`: there is a readable index.yaml and no known API for uploads. */
export type ChartRepositoryKind = 'chartmuseum' | 'harbor' | 'jfrog' | 'static';

export interface ProbeOptions {
  readonly credentials?: RepositoryCredentials;
  readonly retries?: RetryPolicy;
  readonly signal: AbortSignal;
}

const INDEX_LIMIT = 64 * 1024 * 1024;
const PING_LIMIT = 64 * 1024;

const healthSchema = z.looseObject({ healthy: z.boolean() });

/** The kind of the chart repository at `url`. Throws `chart-repo.harbor-takes-oci`, `chart-repo.not-a-repository`, `chart-repo.unauthorized`, `chart-repo.illegal-url`, and what the transport throws. */
export async function probeChartRepository(
  url: string,
  transport: Transport,
  options: ProbeOptions,
): Promise<ChartRepositoryKind> {
  const location = parseRepositoryUrl(url);
  const client = new RepositoryClient(transport, location.shown, options);
  if (harborPaths(location) && (await hasIndex(location, client, options))) return 'harbor';
  if (await isArtifactory(location, client, options)) return 'jfrog';
  let refusal: Error = client.notARepository('neither an API nor an index.yaml');
  try {
    if (await locateMuseum(location, client, options)) return 'chartmuseum';
  } catch (error) {
    if (!isRefusal(error)) throw error;
    // The health check needs no login. When it answers, the credentials are wrong, and the first use reports that.
    if (await isHealthyMuseum(location, client, options)) return 'chartmuseum';
    if (error instanceof AppError) refusal = error;
  }
  if (await hasIndex(location, client, options)) return 'static';
  throw (await isHarbor(location, client, options)) ? harborTakesOci(location) : refusal;
}

/** The error for a Harbor of 2.8 or later, which has no chart repository but `oci://`. https://goharbor.io/docs/2.8.0/working-with-projects/working-with-oci/working-with-helm-oci-charts/ */
function harborTakesOci({ origin, segments, shown }: RepositoryUrl): AppError {
  const { host } = new URL(origin);
  const [first, project] = segments;
  const path = first === 'chartrepo' && project !== undefined ? project : '{repo}';
  return new AppError('chart-repo.harbor-takes-oci', {
    origin: 'chart-repo',
    params: { url: shown, charts: `oci://${host}/${path}` },
  });
}

async function isHarbor(
  { origin }: RepositoryUrl,
  client: RepositoryClient,
  options: ProbeOptions,
): Promise<boolean> {
  const answer = await orNull(client.getFile(`${origin}/api/v2.0/ping`, PING_LIMIT, options));
  return answer?.toString('utf8').trim() === 'Pong';
}

async function hasIndex(
  { shown }: RepositoryUrl,
  client: RepositoryClient,
  options: ProbeOptions,
): Promise<boolean> {
  const url = `${shown}/index.yaml`;
  const bytes = await orNull(client.getFile(url, INDEX_LIMIT, options));
  if (bytes === null) return false;
  try {
    parseChartIndex(bytes.toString('utf8'), url);
    return true;
  } catch {
    return false;
  }
}

async function isArtifactory(
  { origin, segments }: RepositoryUrl,
  client: RepositoryClient,
  options: ProbeOptions,
): Promise<boolean> {
  if (segments[0] !== 'artifactory') return false;
  const answer = await orNull(client.getFile(`${origin}/artifactory/api/system/ping`, PING_LIMIT, options));
  return answer?.toString('utf8').trim() === 'OK';
}

async function isHealthyMuseum(
  { origin, segments }: RepositoryUrl,
  client: RepositoryClient,
  options: ProbeOptions,
): Promise<boolean> {
  for (let i = 0; i <= segments.length; i++) {
    const url = [origin, ...segments.slice(0, i), 'health'].join('/');
    if (healthSchema.safeParse(await orNull(client.getJson(url, options))).success) return true;
  }
  return false;
}

/** Null for an error answer; failures of the network are thrown. */
async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    const answers: readonly string[] = [
      'chart-repo.not-a-repository',
      'chart-repo.refused',
      'chart-repo.failed',
    ];
    if (isRefusal(error) || (error instanceof AppError && answers.includes(error.code))) return null;
    throw error;
  }
}

// Rights that a login does not tell, found out at real registries by an upload that is opened and cancelled.
import { readdir } from 'node:fs/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryTarget } from '../../core/registry/registry-target.js';
import { ACCOUNT, startRegistry, type RunningRegistry } from '../support/registries.js';
import { startFront } from '../support/registry-front.js';
import { pushSample, sampleImage } from './sample-image.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

const NAMES = ['team/app', 'team/web', 'other/app'];

async function withPasswords(version: 2 | 3): Promise<RunningRegistry> {
  const registry = await startRegistry({ version, auth: 'htpasswd' });
  endings.push(() => registry.stop());
  return registry;
}

function targetAt(url: string, lines: string[] = []) {
  const onRequest = (line: string): void => void lines.push(line);
  const target = createRegistryTarget({ url, credentials: ACCOUNT, retryPauses: [], onRequest });
  endings.push(() => target.close());
  return target;
}

describe.each([2, 3] as const)('distribution %i with htpasswd', (version) => {
  it('tells no rights with its login; one upload for each project is opened and cancelled, and no content stays', async () => {
    const { url, storageDir } = await withPasswords(version);
    const lines: string[] = [];
    const target = targetAt(url, lines);
    const rights = await target.rightsIn(NAMES, never);
    expect([...rights.values()]).toEqual(NAMES.map(() => ({ pull: null, push: null })));
    expect(await target.refusedIn(NAMES, never)).toEqual([]);
    expect(lines.filter((line) => line.includes('POST'))).toHaveLength(2);
    expect(lines.filter((line) => line.includes('DELETE'))).toHaveLength(2);
    const stored = await readdir(storageDir, { recursive: true });
    expect(stored.filter((path) => /_manifests|blobs\/sha256|\/data$/.test(path))).toEqual([]);
  });

  it('names the repositories of a project in which a front lets this account only read', async () => {
    const { url } = await withPasswords(version);
    const front = await startFront(url, async ({ method, path }, pass) =>
      method === 'POST' && path.startsWith('/v2/other/')
        ? { status: 403, body: '{"errors":[{"code":"DENIED","message":"denied"}]}' }
        : pass(),
    );
    endings.push(() => front.stop());
    expect(await targetAt(front.url).refusedIn(NAMES, never)).toEqual(['other/app']);
  });

  it('is read without a login and written to with one, where a front asks for it only for writing', async () => {
    const { url } = await withPasswords(version);
    const basic = `Basic ${Buffer.from(`${ACCOUNT.username}:${ACCOUNT.password}`).toString('base64')}`;
    const reads = new Set(['GET', 'HEAD']);
    const anonymous: string[] = [];
    const front = await startFront(url, async ({ method, path, headers }, pass) => {
      if (!reads.has(method)) return pass();
      if (headers.authorization === undefined) anonymous.push(`${method} ${path}`);
      headers.authorization = basic; // the front reads for everybody
      return pass();
    });
    endings.push(() => front.stop());
    const image = sampleImage();
    await pushSample(targetAt(front.url), 'team/app', 'v1', image, never);
    const nobody = createRegistryTarget({ url: front.url, retryPauses: [] });
    endings.push(() => nobody.close());
    expect(await nobody.getManifest('team/app', 'v1', never)).toEqual(image.manifest);
    expect(anonymous).toContain('GET /v2/team/app/manifests/v1');
    await expect(pushSample(nobody, 'team/app', 'v2', image, never)).rejects.toMatchObject({
      code: 'registry.credentials-needed',
    });
  });
});

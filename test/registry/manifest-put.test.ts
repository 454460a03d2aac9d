// Writing manifests: refusals to overwrite, and answers of registries that show a new manifest late.
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryTarget, type RegistryTarget } from '../../core/registry/registry-target.js';
import { startFront, type Alter, type Front, type FrontAnswer } from '../support/registry-front.js';
import { startRegistry } from '../support/registries.js';
import { pushSample, sampleImage } from './sample-image.js';

const never = { signal: new AbortController().signal };
const endings: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function behind(
  alter: Alter,
  options: { readonly visibleWithinMs?: number } = {},
): Promise<{ target: RegistryTarget; direct: RegistryTarget; front: Front }> {
  const registry = await startRegistry({ version: 3 });
  endings.push(() => registry.stop());
  const front = await startFront(registry.url, alter);
  endings.push(() => front.stop());
  const target = createRegistryTarget({ url: front.url, retryPauses: [1, 1], ...options });
  const direct = createRegistryTarget({ url: registry.url, retryPauses: [] });
  endings.push(async () => {
    await target.close();
    await direct.close();
  });
  return { target, direct, front };
}

const json = (status: number, code: string, message: string, detail: unknown): FrontAnswer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ errors: [{ code, message, detail }] }),
});

const nexus = json(
  400,
  'BLOB_UPLOAD_INVALID',
  'blob upload invalid',
  'Repository does not allow updating assets: coast',
);

/** Refuses every PUT of a manifest under a tag with this answer. */
const refusing =
  (answer: FrontAnswer): Alter =>
  ({ method, path }, pass) =>
    method === 'PUT' && path.endsWith('/manifests/v1') ? Promise.resolve(answer) : pass();

describe('a registry that forbids overwriting', () => {
  it.each([
    nexus,
    json(400, 'UNSUPPORTED', 'cannot update tag', null),
    json(403, 'DENIED', 'Not enough permissions to overwrite artifact', { manifest: 'v1' }),
    json(405, 'UNSUPPORTED', 'The operation is disallowed', null),
    json(409, 'TAG_EXISTS', 'tag exists', null),
    { status: 400 },
  ])('with %j is told once, and not asked again', async (answer) => {
    const { target, direct, front } = await behind(refusing(answer));
    await pushSample(direct, 'team/app', 'v1', sampleImage(), never);
    const put = pushSample(target, 'team/app', 'v1', sampleImage(), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.tag-immutable', retryable: false });
    expect(front.count('PUT', /manifests\/v1$/)).toBe(1);
  });

  it('has its reason in the message', async () => {
    const { target, direct } = await behind(refusing(nexus));
    await pushSample(direct, 'team/app', 'v1', sampleImage(), never);
    const put = pushSample(target, 'team/app', 'v1', sampleImage(), never);
    await expect(put).rejects.toThrow('Repository does not allow updating assets: coast');
  });
});

describe('a refusal that is not about overwriting', () => {
  it('is reported as it is where the tag does not exist', async () => {
    const { target } = await behind(refusing(nexus));
    const put = pushSample(target, 'team/app', 'v1', sampleImage(), never);
    await expect(put).rejects.toMatchObject({ code: 'registry.refused', retryable: false });
  });

  it.each([
    [json(400, 'MANIFEST_INVALID', 'schema version not supported', { message: 'x' }), 'registry.refused'],
    [json(400, 'TAG_INVALID', 'manifest tag did not match URI', null), 'registry.refused'],
    [json(403, 'DENIED', 'quota exceeded', null), 'registry.quota-exceeded'],
  ])('is reported as it is where its code tells: %j', async (answer, code) => {
    const { target, direct } = await behind(refusing(answer));
    await pushSample(direct, 'team/app', 'v1', sampleImage(), never);
    await expect(pushSample(target, 'team/app', 'v1', sampleImage(), never)).rejects.toMatchObject({ code });
  });

  it('is a missing right where this account wrote nothing there', async () => {
    const { target, direct } = await behind(refusing(json(403, 'DENIED', 'denied', null)));
    const image = sampleImage();
    await pushSample(direct, 'team/app', 'other', image, never);
    await pushSample(direct, 'team/app', 'v1', sampleImage(), never);
    await expect(target.putManifest('team/app', 'v1', image.manifest, never)).rejects.toMatchObject({
      code: 'registry.credentials-needed',
    });
  });
});

describe('a registry that shows a new manifest late', () => {
  it.each([
    ['404 with a code', 'a tag', json(404, 'MANIFEST_UNKNOWN', 'manifest unknown', null)],
    ['404 without one', 'a tag', { status: 404 }],
    ['404 with a code', 'a digest', json(404, 'MANIFEST_UNKNOWN', 'manifest unknown', null)],
    ['404 without one', 'a digest', { status: 404 }],
  ])('with %s is asked again (%s)', async (_how, what, answer) => {
    let left = 3;
    const { target, direct } = await behind(({ method, path }, pass) =>
      method === 'GET' && path.includes('/manifests/') && (left -= 1) > 0 ? Promise.resolve(answer) : pass(),
    );
    const image = sampleImage();
    const reference = what === 'a tag' ? 'v1' : image.manifest.digest;
    await pushSample(target, 'team/app', reference, image, never);
    expect(left).toBeLessThanOrEqual(0);
    expect((await direct.getManifest('team/app', reference, never))?.digest).toBe(image.manifest.digest);
  });

  it('under a tag is asked again while it shows what the tag held before', async () => {
    let former: FrontAnswer | null = null;
    let left = 0;
    const { target, direct } = await behind(async ({ method, path }, pass) => {
      const answer = await pass();
      if (method !== 'GET' || !path.endsWith('/manifests/v1')) return answer;
      former ??= answer;
      return (left -= 1) >= 0 ? former : answer;
    });
    const [first, second] = [sampleImage('amd64'), sampleImage('arm64')];
    await pushSample(direct, 'team/app', 'v1', first, never);
    expect((await target.getManifest('team/app', 'v1', never))?.digest).toBe(first.manifest.digest);
    await pushSample(direct, 'team/app', 'other', second, never);
    left = 2;
    const options = { ...never, replaces: first.manifest.digest };
    expect(await target.putManifest('team/app', 'v1', second.manifest, options)).toBe(second.manifest.digest);
    expect(left).toBeLessThan(0);
  });

  it('and never shows it fails, and may be tried again later', async () => {
    const gone = json(404, 'MANIFEST_UNKNOWN', 'manifest unknown', null);
    const alter: Alter = ({ method, path }, pass) =>
      method === 'GET' && path.includes('/manifests/') ? Promise.resolve(gone) : pass();
    const { target } = await behind(alter, { visibleWithinMs: 40 });
    await expect(pushSample(target, 'team/app', 'v1', sampleImage(), never)).rejects.toMatchObject({
      code: 'registry.manifest-not-visible',
      retryable: true,
    });
  });
});

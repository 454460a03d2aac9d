// Whole imports into a target in memory that can behave as odd registries do.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ImportRequest, Report } from '../../core/contract.js';
import type { Digest } from '../../core/content/digest.js';
import { parseManifest } from '../../core/content/manifest.js';
import { AppError } from '../../core/errors.js';
import { importInMemory } from '../support/memory-run.js';
import { makeBundle, makeImage, makeLayer, makePackage, tinyBundle } from '../support/packages.js';
import { MemoryTarget } from '../support/memory-target.js';
import { packagePath, type SeedPackage } from '../support/seed.js';

let state: string;
let target: MemoryTarget;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'run-'));
  target = new MemoryTarget();
});
afterEach(async () => {
  await rm(state, { recursive: true });
});

function run(
  packages: readonly SeedPackage[],
  request: Partial<ImportRequest> = {},
  signal = new AbortController().signal,
): Promise<Report> {
  return importInMemory({ target, state, packages: packages.map(packagePath), request, signal });
}

/** Every tag leads to manifests and blobs that are in its own repository. */
function expectWhole(): void {
  for (const [name, manifest] of target.manifests) {
    const repository = name.split(/[:@]/)[0] ?? '';
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    if (parsed.kind === 'index') {
      for (const child of parsed.manifests)
        expect(target.manifests.has(`${repository}@${child.digest}`)).toBe(true);
    } else if (parsed.kind === 'manifest') {
      for (const blob of [parsed.config, ...parsed.layers]) {
        expect(target.blobs.has(`${repository}@${blob.digest}`), `${name} ${blob.digest}`).toBe(true);
      }
    }
  }
}

function refuseIncomplete(): void {
  const put = target.putManifest.bind(target);
  target.putManifest = async (repository, reference, manifest) => {
    const parsed = parseManifest(manifest.bytes, manifest.mediaType);
    const blobs = parsed.kind === 'manifest' ? [parsed.config, ...parsed.layers] : [];
    if (blobs.some((blob) => !target.blobs.has(`${repository}@${blob.digest}`))) {
      throw new AppError('registry.blob-unknown', {
        origin: 'registry',
        params: { reference, host: 'memory.test' },
      });
    }
    return put(repository, reference, manifest);
  };
}

describe('an import', () => {
  it('without mounts sends shared blobs to each repository that needs them, in further passes', async () => {
    target.mounts = false;
    refuseIncomplete();
    const report = await run(['v0.9.0-amd64']);
    expect(report.result).toBe('done');
    expect(report.totals.bytesMounted).toBe(0);
    expectWhole();
  });

  it('sends blobs again that a registry confirmed by mistake because its HEAD answers for all repositories', async () => {
    target.mounts = false;
    refuseIncomplete();
    target.blobSize = (_repository: string, digest: Digest) => {
      for (const [name, bytes] of target.blobs)
        if (name.endsWith(digest)) return Promise.resolve(bytes.length);
      return Promise.resolve(null);
    };
    const report = await run(['v0.9.0-amd64']);
    expect(report.images.filter((image) => image.action === 'failed')).toEqual([]);
    expect(report.result).toBe('done');
    expect(report.images).toHaveLength(25);
    expectWhole();
  });

  it('goes on when one repository fails, names it, and the next run completes it', async () => {
    let isBroken = true;
    target.before = (request) => {
      if (isBroken && request.includes('tidewatch-io/gauge')) {
        throw new AppError('registry.server-error', { origin: 'registry', retryable: true });
      }
    };
    const first = await run(['v0.9.0-amd64']);
    expect(first.result).toBe('partial');
    expect(first.images.filter((image) => image.action === 'failed').map((image) => image.target)).toEqual([
      'memory.test/tidewatch-io/gauge:2.0.1',
    ]);
    isBroken = false;
    const second = await run(['v0.9.0-amd64']);
    expect(second.result).toBe('done');
    expect(second.images.filter((image) => image.action !== 'skip').map((image) => image.action)).toEqual([
      'push',
    ]);
    expectWhole();
  });

  it('writes a tag that failed for a reason that passes after the others', async () => {
    let failures = 0;
    target.before = (request) => {
      if (!request.startsWith('PUT tidewatch-io/gauge:') || failures > 0) return;
      failures += 1;
      throw new AppError('registry.server-error', { origin: 'registry', retryable: true });
    };
    const report = await run(['v0.9.0-amd64']);
    expect(failures).toBe(1);
    expect(report.result).toBe('done');
    const actionsOf = report.images.map(({ action }) => action);
    expect(new Set(actionsOf)).toEqual(new Set(['push']));
    expectWhole();
  });

  it('reads a package again only as far as it has what is missing', async () => {
    const images = ['small', 'large'].map((name) => {
      const layer = makeLayer(name === 'small' ? name : randomBytes(3 * 1024 * 1024).toString('hex'));
      return { name, image: makeImage(`ghcr.io/${name}/app:1.0.0`, 'amd64', [layer]) };
    });
    const bundles = images.map(({ name, image }) => ({
      path: `addon/${name}_1.0.0.bundle.tar`,
      body: makeBundle(tinyBundle(name, [image])),
    }));
    const path = join(state, 'site-amd64.tar.gz');
    await writeFile(path, makePackage(bundles));
    let failures = 0;
    target.before = (request) => {
      if (!request.startsWith('PUT blob') || !request.includes('small/app') || failures > 0) return;
      failures += 1;
      throw new AppError('registry.server-error', { origin: 'registry', retryable: true });
    };
    const report = await importInMemory({ target, state, packages: [path] });
    expect([failures, report.result, report.totals.passes]).toEqual([1, 'done', 2]);
    // the second pass reads the first piece of several
    expect(report.totals.bytesRead).toBeLessThan(1.5 * (await stat(path)).size);
    expectWhole();
  });

  it('ends at once when the registry is gone, and writes no tag', async () => {
    let requests = 0;
    target.before = () => {
      if (++requests > 40)
        throw new AppError('registry.stayed-away', { origin: 'registry', retryable: true });
    };
    const report = await run(['v0.9.0-amd64']);
    expect(report.result).toBe('failed');
    expect(report.problems.map((problem) => problem.code)).toEqual(['registry.stayed-away']);
    expect([...target.manifests.keys()]).toEqual([]);
    expect(requests).toBeLessThan(120);
  });

  it('that is ended because nothing moves has that as its problem, and is not called cancelled', async () => {
    const ending = new AbortController();
    target.before = (request) => {
      if (request.startsWith('PUT blob'))
        ending.abort(new AppError('run.stalled', { origin: 'registry', retryable: true }));
    };
    const report = await run(['v0.9.0-amd64'], {}, ending.signal);
    expect([report.result, report.problems.map(({ code }) => code)]).toEqual(['failed', ['run.stalled']]);
  });

  it('that is cancelled while it reads leaves blobs but no tags, and its result says so', async () => {
    const cancelling = new AbortController();
    let puts = 0;
    target.before = (request) => {
      if (request.startsWith('PUT blob') && ++puts === 5) cancelling.abort();
    };
    const report = await run(['v0.9.0-amd64'], {}, cancelling.signal);
    expect(report.result).toBe('cancelled');
    expect([...target.manifests.keys()]).toEqual([]);
    const again = await run(['v0.9.0-amd64']);
    expect(again.result).toBe('done');
    expectWhole();
  });

  it('stops before anything is sent when an image would change and the policy is to stop', async () => {
    await run(['v0.9.0-amd64']);
    target.log.length = 0;
    const report = await run(['v0.11.0-amd64'], { onChange: 'stop' });
    expect(report.result).toBe('failed');
    expect(report.problems.map((problem) => problem.code)).toEqual(['run.stopped-by-policy']);
    expect(target.log.filter((line) => line.startsWith('PUT') || line.startsWith('MOUNT'))).toEqual([]);
  });

  it('takes the later of two packages that bring the same platform', async () => {
    const report = await run(['v0.11.0-amd64', 'v0.9.0-amd64']);
    const lanternd = report.images.filter((image) => image.source.startsWith('quay.io/lantern/lanternd'));
    expect(lanternd.map((image) => [image.action, image.package])).toEqual([
      ['push', 'addon-offline-full-package-v0.11.0-amd64.tar.gz'],
    ]);
  });

  it('repairs an image that lost a layer in the registry, and says so', async () => {
    await run(['v0.9.0-amd64']);
    const [lost] = [...target.blobs.keys()].filter((name) => name.startsWith('tidewatch-io/gauge@'));
    target.blobs.delete(lost ?? '');
    const report = await run(['v0.9.0-amd64']);
    const changed = report.images.filter((image) => image.action !== 'skip');
    expect(changed.map((image) => [image.target, image.action])).toEqual([
      ['memory.test/tidewatch-io/gauge:2.0.1', 'repair'],
    ]);
    expectWhole();
  });

  it('counts bytes once, however many repositories get them', async () => {
    target.mounts = false;
    const first = await run(['v0.9.0-amd64']);
    const unique = new Map([...target.blobs].map(([name, bytes]) => [name.split('@')[1], bytes.length]));
    expect(first.totals.bytesSent).toBe([...unique.values()].reduce((sum, bytes) => sum + bytes, 0));
    const second = await run(['v0.9.0-amd64']);
    expect(second.totals).toMatchObject({
      bytesSent: 0,
      bytesMounted: 0,
      bytesSkipped: first.totals.bytesSent,
    });
  });

  it('sends nothing of images that were not selected', async () => {
    const none = await run(['v0.9.0-amd64'], { selection: { platforms: ['linux/arm64'] } });
    expect(none.result).toBe('failed');
    expect(none.problems.map(({ code }) => code)).toEqual(['run.nothing-selected']);
    expect(none.images).toEqual([]);
    expect(target.blobs.size).toBe(0);
    const one = await run(['v0.9.0-amd64'], { selection: { images: ['*lanternd*'] } });
    expect(one.images.map((image) => image.source)).toEqual(['quay.io/lantern/lanternd:0.4.1']);
    expect([...target.blobs.keys()].every((name) => name.startsWith('lantern/lanternd@'))).toBe(true);
    expectWhole();
  });

  it('does not read the package again after a failure that another pass would meet again', async () => {
    target.before = (request) => {
      if (request.includes('tidewatch-io/gauge'))
        throw new AppError('registry.forbidden', { origin: 'registry' });
    };
    const report = await run(['v0.9.0-amd64']);
    expect(report.result).toBe('partial');
    expect(report.totals.passes).toBe(1);
  });

  it('reports the tags that lack a required platform', async () => {
    const report = await run(['v0.9.0-amd64', 'v0.9.0-arm64'], {
      requirePlatforms: ['linux/amd64', 'linux/arm64'],
      allowMislabelled: true,
    });
    expect(report.result).toBe('partial');
    const missing = report.problems.filter(({ code }) => code === 'run.platform-missing');
    expect(missing.map((problem) => problem.params)).toEqual([
      { target: 'memory.test/bollard/holder:0.2.0', platform: 'linux/amd64' },
      { target: 'memory.test/capstan/winder:0.3.0', platform: 'linux/arm64' },
      { target: 'memory.test/winch/tools:0.1.0', platform: 'linux/arm64' },
    ]);
  });

  it('does not say that a tag lacks a platform which it serves by the image that could not be replaced', async () => {
    await run(['v0.9.0-amd64']);
    target.before = (request) => {
      if (!request.startsWith('GET') && request.includes('driftnet/probe'))
        throw new AppError('registry.forbidden', { origin: 'registry' });
    };
    const report = await run(['v0.11.0-amd64'], { requirePlatforms: ['linux/amd64'] });
    const failed = report.images.filter(({ action }) => action === 'failed').map((row) => row.target);
    expect(failed).toEqual(['memory.test/driftnet/probe:0.9.0']);
    const missing = report.problems.filter(({ code }) => code === 'run.platform-missing');
    expect(missing.map(({ params }) => params['target'])).not.toContain(failed[0]);
  });
});

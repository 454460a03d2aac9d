// Writing a tag while other writers write it, too.
import { beforeEach, describe, expect, it } from 'vitest';
import { parseManifest, respelled } from '../../../core/content/manifest.js';
import { formatPlatform } from '../../../core/content/platform.js';
import { AppError } from '../../../core/errors.js';
import { sweep } from '../../../core/run/tags/sweep.js';
import type { Recall } from '../../../core/run/tags/tag-parts.js';
import { input, platforms, REPOSITORY, target, useTagSite, writer } from './tag-site.js';

const { signal } = new AbortController();
useTagSite();

describe('TagWriter', () => {
  it('pushes a single manifest straight to an absent tag, promotes it for the next platform, then skips', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    const first = await writer().write(REPOSITORY, '1', [amd64]);
    expect(first.rows).toMatchObject([{ action: 'push', platform: 'linux/amd64' }]);
    expect(first.before).toBeNull();
    expect(target.log.filter((line) => line.startsWith('PUT'))).toEqual([`PUT ${REPOSITORY}:1`]);
    const second = await writer().write(REPOSITORY, '1', [arm64]);
    expect(second.rows).toMatchObject([{ action: 'promote' }]);
    expect(platforms('1')).toEqual(['linux/amd64', 'linux/arm64']);
    target.log.length = 0;
    const third = await writer().write(REPOSITORY, '1', [amd64, arm64]);
    expect(third.rows).toMatchObject([{ action: 'skip' }, { action: 'skip' }]);
    expect(third.written).toBeNull();
    expect(target.log.filter((line) => line.startsWith('PUT'))).toEqual([]);
  });

  it('decides again when the tag changed between reading and writing', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    let looks = 0;
    target.before = (request) => {
      if (request === `GET ${REPOSITORY}:1` && ++looks === 2)
        target.set(REPOSITORY, '1', arm64.incoming.manifest);
    };
    const outcome = await writer().write(REPOSITORY, '1', [amd64]);
    expect(outcome.rows).toMatchObject([{ action: 'promote' }]);
    expect(platforms('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('merges again what another writer dropped right after the write', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    let isFirst = true;
    target.before = (request) => {
      const isReadBack = request === `GET ${REPOSITORY}:1` && target.log.at(-2) === `PUT ${REPOSITORY}:1`;
      if (isReadBack && isFirst) {
        isFirst = false;
        target.set(REPOSITORY, '1', arm64.incoming.manifest);
      }
    };
    const outcome = await writer().write(REPOSITORY, '1', [amd64]);
    expect(outcome.rows).toMatchObject([{ action: 'push', problem: null }]);
    expect(platforms('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('reports a tag as contended that changes again and again', async () => {
    const amd64 = input('amd64');
    let round = 0;
    target.before = (request) => {
      if (request === `GET ${REPOSITORY}:1`)
        target.set(REPOSITORY, '1', input('arm64', String(round++)).incoming.manifest);
    };
    const outcome = await writer().write(REPOSITORY, '1', [amd64]);
    expect(outcome.rows).toMatchObject([
      { action: 'failed', problem: { code: 'run.tag-contended', retryable: true } },
    ]);
  });

  it('lists a child in other bytes where the registry holds its manifest as an empty file', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    await writer().write(REPOSITORY, '1', [amd64]);
    const { digest } = arm64.incoming.manifest;
    target.before = (request) => {
      if (request === `PUT ${REPOSITORY}@${digest}`)
        throw new AppError('registry.manifest-broken', { origin: 'registry' });
    };
    const { rows, after } = await writer().write(REPOSITORY, '1', [arm64]);
    expect(rows).toMatchObject([{ action: 'promote', problem: null }]);
    expect(platforms('1')).toEqual(['linux/amd64', 'linux/arm64']);
    const served = target.manifests.get(`${REPOSITORY}:1`);
    expect(after).toMatchObject({ digest: served?.digest });
    expect(served?.bytes.toString()).toContain(respelled(arm64.incoming.manifest).digest);
  });

  it('does not call a tag written that cannot be read back', async () => {
    let isWritten = false;
    target.before = (request) => {
      if (isWritten && request === `GET ${REPOSITORY}:1`)
        throw new AppError('registry.unreadable-manifest', { origin: 'registry' });
      isWritten ||= request === `PUT ${REPOSITORY}:1`;
    };
    const put = target.putManifest.bind(target);
    // as a registry target: by its digest the manifest can be read, and what the tag holds stays open
    target.putManifest = async (...asked) => put(...asked).catch(() => null);
    const outcome = await writer().write(REPOSITORY, '1', [input('amd64')]);
    expect(outcome).toMatchObject({
      after: 'unreadable',
      rows: [{ action: 'failed', problem: { code: 'run.tag-not-read-again' } }],
    });
  });

  it('reports a new tag as absent when it could not be written', async () => {
    target.before = (request) => {
      if (request.startsWith('PUT')) throw new AppError('registry.forbidden', { origin: 'registry' });
    };
    const outcome = await writer().write(REPOSITORY, '1', [input('amd64')]);
    expect(outcome).toMatchObject({ before: null, after: null, rows: [{ action: 'failed' }] });
  });

  it('writes nothing to a tag that cannot be read', async () => {
    target.before = (request) => {
      if (request === `GET ${REPOSITORY}:1`) {
        throw new AppError('registry.unreadable-manifest', { origin: 'registry', params: {} });
      }
    };
    const outcome = await writer().write(REPOSITORY, '1', [input('amd64')]);
    expect(outcome).toMatchObject({ before: 'unreadable', after: 'unreadable', written: null });
    expect(outcome.rows).toMatchObject([{ action: 'blocked', problem: { code: 'plan.tag-unreadable' } }]);
    expect(target.log.filter((line) => line.startsWith('PUT'))).toEqual([]);
  });
});

/** The platforms of the tag whose manifest can be read by its digest. */
function pullable(tag: string): readonly string[] {
  const manifest = target.manifests.get(`${REPOSITORY}:${tag}`);
  const parsed = manifest && parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed?.kind !== 'index') return [];
  return parsed.manifests.flatMap(({ digest, platform }) =>
    platform && target.manifests.has(`${REPOSITORY}@${digest}`) ? [formatPlatform(platform)] : [],
  );
}

describe('a registry that loses a manifest whose only tag moves', () => {
  beforeEach(() => {
    target.losesManifests = true;
  });

  it('has every child of a tag that was promoted', async () => {
    await writer().write(REPOSITORY, '1', [input('amd64')]);
    const outcome = await writer().write(REPOSITORY, '1', [input('arm64')]);
    expect(outcome).toMatchObject({ rows: [{ action: 'promote', problem: null }], lost: [] });
    expect(pullable('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('has the children of a tag when another tag of the same manifest moves to something newer', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    for (const tag of ['1', 'latest']) await writer().write(REPOSITORY, tag, [amd64]);
    await writer().write(REPOSITORY, '1', [arm64]);
    const newer = input('amd64', 'newer');
    const incoming = { ...newer.incoming, version: 'v2.0.0', created: '2026-01-01T00:00:00Z' };
    const outcome = await writer().write(REPOSITORY, 'latest', [{ ...newer, incoming }]);
    expect(outcome.rows).toMatchObject([{ action: 'replace' }]);
    expect(pullable('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('has every child when the answer to the write was lost', async () => {
    await writer().write(REPOSITORY, '1', [input('amd64')]);
    let isWritten = false;
    target.before = (request) => {
      // the first request after the tag was written
      if (isWritten && request === `GET ${REPOSITORY}:1`) {
        isWritten = false;
        throw new AppError('registry.server-error', { origin: 'registry' });
      }
      if (request === `PUT ${REPOSITORY}:1`) isWritten = true;
    };
    const outcome = await writer().write(REPOSITORY, '1', [input('arm64')]);
    expect(outcome.rows).toMatchObject([{ action: 'failed' }]);
    expect(pullable('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('has every child when the run is cancelled while the tag is written', async () => {
    await writer().write(REPOSITORY, '1', [input('amd64')]);
    const cancelling = new AbortController();
    const own = writer(undefined, cancelling.signal);
    target.before = (request) => {
      if (request === `PUT ${REPOSITORY}:1`) cancelling.abort();
    };
    await own.write(REPOSITORY, '1', [input('arm64')]);
    expect(pullable('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('gets a lost child again from the package that brings it, or from what is known elsewhere', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    await writer().write(REPOSITORY, '1', [amd64, arm64]);
    const lost = `${REPOSITORY}@${amd64.incoming.manifest.digest}`;
    target.manifests.delete(lost);
    const own = await writer().write(REPOSITORY, '1', [amd64]);
    expect(own).toMatchObject({ rows: [{ action: 'repair' }], lost: [] });
    expect(target.manifests.has(lost)).toBe(true);
    target.manifests.delete(lost);
    const unknown = await writer().write(REPOSITORY, '1', [arm64]);
    expect(unknown).toMatchObject({
      rows: [{ action: 'skip' }],
      lost: [{ platform: 'linux/amd64', outcome: 'lost', isOurs: false }],
    });
    const recall: Recall = () => Promise.resolve(amd64.incoming.manifest);
    const known = await writer(recall).write(REPOSITORY, '1', [arm64]);
    expect(known).toMatchObject({ rows: [{ action: 'skip' }], lost: [{ outcome: 'put-back' }] });
    expect(pullable('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('is swept for children that are gone, which are put back or told', async () => {
    const [amd64, arm64] = [input('amd64'), input('arm64')];
    await writer().write(REPOSITORY, '1', [amd64]);
    const recall: Recall = (_repository, _tag, { digest }) =>
      Promise.resolve(digest === amd64.incoming.manifest.digest ? amd64.incoming.manifest : null);
    const own = writer(recall);
    const outcome = await own.write(REPOSITORY, '1', [arm64]);
    for (const { incoming } of [amd64, arm64])
      target.manifests.delete(`${REPOSITORY}@${incoming.manifest.digest}`);
    const { lost } = await sweep(target, own, [outcome], 1, { signal });
    expect(lost.map(({ child }) => [child.platform, child.outcome])).toEqual([
      ['linux/amd64', 'put-back'],
      ['linux/arm64', 'lost'],
    ]);
    expect(pullable('1')).toEqual(['linux/amd64']);
  });
});

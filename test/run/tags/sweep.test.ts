// Reading the written tags again at the end of a run.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../core/errors.js';
import { sweep } from '../../../core/run/tags/sweep.js';
import { input, platforms, REPOSITORY, target, useTagSite, writer } from './tag-site.js';

const { signal } = new AbortController();
useTagSite();

describe('sweep', () => {
  it('brings back every platform that was there when the run wrote, its own and others', async () => {
    const [amd64, arm64, arm] = [input('amd64'), input('arm64'), input('arm')];
    target.set(REPOSITORY, '1', arm64.incoming.manifest);
    const outcome = await writer().write(REPOSITORY, '1', [amd64]);
    target.set(REPOSITORY, '1', arm.incoming.manifest);
    const { mended } = await sweep(target, writer(), [outcome], 2, { signal });
    expect(platforms('1')).toEqual(['linux/amd64', 'linux/arm', 'linux/arm64']);
    expect(mended).toHaveLength(1);
  });

  it('reads a tag after the others that could not be read for a reason that passes', async () => {
    const outcomes = [
      await writer().write(REPOSITORY, '1', [input('amd64')]),
      await writer().write(REPOSITORY, '2', [input('amd64')]),
    ];
    target.set(REPOSITORY, '1', input('arm64').incoming.manifest);
    const read: string[] = [];
    target.before = (request) => {
      if (request.startsWith(`GET ${REPOSITORY}:`)) read.push(request.slice(-1));
      if (read.join('') === '1')
        throw new AppError('registry.server-error', { origin: 'registry', retryable: true });
    };
    const { mended, unread } = await sweep(target, writer(), outcomes, 1, { signal });
    expect(read.join('')).toMatch(/^121/);
    expect([mended.length, unread]).toEqual([1, []]);
    expect(platforms('1')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('leaves alone what another writer put in place of a platform', async () => {
    const outcome = await writer().write(REPOSITORY, '1', [input('amd64')]);
    const theirs = input('amd64', 'theirs').incoming.manifest;
    target.set(REPOSITORY, '1', theirs);
    expect(await sweep(target, writer(), [outcome], 2, { signal })).toEqual({
      mended: [],
      unread: [],
      lost: [],
    });
    expect(target.manifests.get(`${REPOSITORY}:1`)?.digest).toBe(theirs.digest);
  });

  it('replaces again what another writer, who had read the tag before, put back', async () => {
    const [former, other, next] = [input('amd64', 'former'), input('arm64'), input('amd64', 'next')];
    await writer().write(REPOSITORY, '1', [former, other]);
    const stale = target.manifests.get(`${REPOSITORY}:1`);
    const outcome = await writer().write(REPOSITORY, '1', [next]);
    expect(outcome.rows).toMatchObject([{ action: 'replace' }]);
    if (stale) target.set(REPOSITORY, '1', stale);
    const { mended } = await sweep(target, writer(), [outcome], 2, { signal });
    expect(mended).toHaveLength(1);
    expect(target.manifests.get(`${REPOSITORY}:1`)?.digest).toBe(outcome.written?.digest);
  });

  it('goes on when a tag cannot be read again, and names it', async () => {
    const outcomes = [
      await writer().write(REPOSITORY, '1', [input('amd64')]),
      await writer().write(REPOSITORY, '2', [input('amd64')]),
    ];
    target.set(REPOSITORY, '2', input('arm64').incoming.manifest);
    target.before = (request) => {
      if (request === `GET ${REPOSITORY}:1`)
        throw new AppError('registry.server-error', { origin: 'registry' });
    };
    const { mended, unread } = await sweep(target, writer(), outcomes, 1, { signal });
    expect(unread.map((outcome) => outcome.tag)).toEqual(['1']);
    expect(mended.map((outcome) => outcome.tag)).toEqual(['2']);
    expect(platforms('2')).toEqual(['linux/amd64', 'linux/arm64']);
  });

  it('leaves both platforms under each tag that two runs write at the same time', async () => {
    for (let round = 0; round < 50; round++) {
      const tag = `r${String(round)}`;
      target.before = async () => delay(Math.random() * 3);
      const runs = ['amd64', 'arm64'].map(async (architecture) => {
        const own = writer();
        return { own, outcome: await own.write(REPOSITORY, tag, [input(architecture)]) };
      });
      for (const { own, outcome } of await Promise.all(runs))
        await sweep(target, own, [outcome], 1, { signal });
      expect(platforms(tag)).toEqual(['linux/amd64', 'linux/arm64']);
    }
  });
});

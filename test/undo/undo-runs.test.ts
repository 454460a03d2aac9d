// Undoing runs in a target in memory, with other writers and failures at chosen moments.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hexOf } from '../../core/content/digest.js';
import { AppError } from '../../core/errors.js';
import { KeptContent } from '../../core/journal/former-runs.js';
import type { UndoJob } from '../../core/undo/undo-job.js';
import { makeUndoPlan, undoPlanOf, type PlannedUndo } from '../../core/undo/undo-plan.js';
import { imageRow, tagWriting, writeRun } from '../support/former-runs.js';
import type { MemoryTarget } from '../support/memory-target.js';
import { HOST, told, UndoDesk } from '../support/undo-desk.js';

const { signal } = new AbortController();

let state: string;
let target: MemoryTarget;
let desk: UndoDesk;
beforeEach(async () => {
  desk = new UndoDesk(await mkdtemp(join(tmpdir(), 'undo-')));
  ({ state, target } = desk);
});
afterEach(async () => {
  await rm(state, { recursive: true });
});

const image = (repository: string, content: string) => desk.image(repository, content);
const jobFor = (runs: readonly string[], asked: Partial<UndoJob> = {}) => desk.jobFor(runs, asked);
const carryOut = (job: UndoJob, planned?: PlannedUndo) => desk.carryOut(job, planned);

describe('an undo', () => {
  it('records what each tag holds before it writes the tag', async () => {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const entries = [tagWriting(`${HOST}/a:1`, former, next), tagWriting(`${HOST}/a:2`, null, next)];
    const run = await writeRun(state, { entries, manifests: [former] });
    for (const tag of ['1', '2']) target.set('a', tag, next);
    const { result, rows, journal } = await carryOut(await jobFor([run]));
    expect(result).toBe('done');
    expect(told(rows)).toEqual([
      [`${HOST}/a:1`, 'replace', 'restored'],
      [`${HOST}/a:2`, 'replace', 'removed'],
    ]);
    expect(rows.find((row) => row.tag === '2')?.after).toBeNull();
    expect(target.manifests.get('a:1')?.digest).toBe(former.digest);
    expect(target.manifests.has('a:2')).toBe(false);
    const written = journal.entries.filter((entry) => entry.type === 'tag-writing');
    expect(written.map(({ before, next: to }) => [before?.digest, to]).sort()).toEqual(
      [
        [next.digest, former.digest],
        [next.digest, null],
      ].sort(),
    );
    const kept = await new KeptContent(state).manifest(
      journal.run,
      { digest: next.digest, mediaType: next.mediaType, platforms: [] },
      { signal },
    );
    expect(kept).toEqual(next);
  });

  it('leaves a tag that was changed between reading and writing', async () => {
    const [former, next, theirs] = [image('a', 'old'), image('a', 'new'), image('a', 'theirs')];
    const run = await writeRun(state, {
      entries: [tagWriting(`${HOST}/a:1`, former, next)],
      manifests: [former],
    });
    target.set('a', '1', next);
    const job = await jobFor([run]);
    const planned = await makeUndoPlan(job);
    expect(planned.tags[0]?.action).toBe('restore');
    target.set('a', '1', theirs);
    const { rows } = await carryOut(job, planned);
    expect(told(rows)).toEqual([[`${HOST}/a:1`, 'conflict', 'changed-since', 'undo.tag-changed']]);
    expect(rows[0]?.after).toMatchObject({ digest: theirs.digest, platforms: ['linux/amd64'] });
    expect(target.manifests.get('a:1')?.digest).toBe(theirs.digest);
  });

  it.each(['restored', 'removed'])(
    'reads a tag back that was %s, and tells what it holds',
    async (reason) => {
      const [former, next, theirs] = [image('a', 'old'), image('a', 'new'), image('a', 'theirs')];
      const before = reason === 'restored' ? former : null;
      const entries = [tagWriting(`${HOST}/a:1`, before, next)];
      const run = await writeRun(state, { entries, manifests: [former] });
      target.set('a', '1', next);
      target.before = (request) => {
        const isDone = target.log.some((line) => line === 'PUT a:1' || line === 'DELETE a:1');
        if (request === 'GET a:1' && isDone) target.set('a', '1', theirs);
      };
      const { rows } = await carryOut(await jobFor([run]));
      expect(told(rows)).toEqual([[`${HOST}/a:1`, 'conflict', 'changed-since', 'undo.tag-changed']]);
      expect(rows[0]?.after).toMatchObject({ digest: theirs.digest });
    },
  );

  it('reports what a tag holds when the answer to its write was lost', async () => {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const entries = [tagWriting(`${HOST}/a:1`, former, next)];
    const run = await writeRun(state, { entries, manifests: [former] });
    target.set('a', '1', next);
    target.before = (request) => {
      if (request !== 'PUT a:1') return;
      target.set('a', '1', former);
      throw new AppError('registry.tag-immutable', { origin: 'registry' });
    };
    const { rows } = await carryOut(await jobFor([run]));
    expect(told(rows)).toEqual([[`${HOST}/a:1`, 'failed', 'restored', 'registry.tag-immutable']]);
    expect(rows[0]).toMatchObject({ before: { digest: next.digest }, after: { digest: former.digest } });
  });

  it('never calls a tag absent that could not be read', async () => {
    const run = await writeRun(state, { entries: [tagWriting(`${HOST}/a:1`, null, image('a', 'new'))] });
    target.before = () => {
      throw new AppError('registry.forbidden', { origin: 'registry' });
    };
    const { rows } = await carryOut(await jobFor([run]));
    expect(told(rows)).toEqual([[`${HOST}/a:1`, 'failed', 'unreadable', 'registry.forbidden']]);
    expect(rows[0]).toMatchObject({ before: 'unreadable', after: 'unreadable' });
  });

  it('skips a tag that the run announced and never wrote', async () => {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const entries = [tagWriting(`${HOST}/a:1`, former, next), tagWriting(`${HOST}/a:2`, null, next)];
    const run = await writeRun(state, { entries, manifests: [former], ended: false });
    target.set('a', '1', former);
    const { result, rows } = await carryOut(await jobFor([run]));
    expect(result).toBe('done');
    expect(told(rows)).toEqual([
      [`${HOST}/a:1`, 'skip', 'already-there'],
      [`${HOST}/a:2`, 'skip', 'already-there'],
    ]);
    expect(target.log.filter((line) => /^(PUT|DELETE)/.test(line))).toEqual([]);
  });

  it('goes on when the registry refuses one tag, and names it', async () => {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const entries = ['1', '2'].map((tag) => tagWriting(`${HOST}/a:${tag}`, former, next));
    const run = await writeRun(state, { entries, manifests: [former] });
    for (const tag of ['1', '2']) target.set('a', tag, next);
    target.before = (request) => {
      if (request === 'PUT a:1') throw new AppError('registry.tag-immutable', { origin: 'registry' });
    };
    const { result, rows } = await carryOut(await jobFor([run]));
    expect(result).toBe('partial');
    expect(told(rows)).toEqual([
      [`${HOST}/a:1`, 'failed', 'restored', 'registry.tag-immutable'],
      [`${HOST}/a:2`, 'replace', 'restored'],
    ]);
    expect(rows.find((row) => row.tag === '1')?.after).toMatchObject({ digest: next.digest });
  });

  it('ends when the whole registry is gone', async () => {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const run = await writeRun(state, {
      entries: [tagWriting(`${HOST}/a:1`, former, next)],
      manifests: [former],
    });
    target.set('a', '1', next);
    target.before = (request) => {
      if (request === 'PUT a:1') throw new AppError('registry.stayed-away', { origin: 'registry' });
    };
    const { result, codes } = await carryOut(await jobFor([run]));
    expect([result, codes]).toEqual(['failed', ['registry.stayed-away']]);
  });

  it('never restores kept bytes that do not match their digest', async () => {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const run = await writeRun(state, {
      entries: [tagWriting(`${HOST}/a:1`, former, next)],
      manifests: [former],
    });
    target.set('a', '1', next);
    await writeFile(join(state, 'runs', run, 'manifests', hexOf(former.digest)), '{"schemaVersion":2}');
    const { rows } = await carryOut(await jobFor([run]));
    expect(told(rows)).toEqual([[`${HOST}/a:1`, 'failed', 'not-kept', 'undo.manifest-not-kept']]);
    expect(target.manifests.get('a:1')?.digest).toBe(next.digest);
  });

  it('does not ask the registry for an illegal name in a journal', async () => {
    const next = image('a', 'new');
    const names = [`${HOST}/../v2/a:1`, 'elsewhere.test/a:1', `${HOST}/a`, `${HOST}/a:..`];
    const run = await writeRun(state, { entries: names.map((name) => tagWriting(name, null, next)) });
    const { rows } = await carryOut(await jobFor([run]));
    expect(told(rows)).toEqual(names.map((name) => [name, 'failed', 'unreadable', 'undo.bad-name']).sort());
    expect(target.log).toEqual([]);
  });

  it('reports that there was nothing to undo', async () => {
    const run = await writeRun(state, {});
    const { result, codes } = await carryOut(await jobFor([run]));
    expect([result, codes]).toEqual(['done', ['undo.nothing-to-do']]);
  });
});

describe('an undo of one chart', () => {
  async function twoCharts() {
    const [former, next] = [image('a', 'old'), image('a', 'new')];
    const chart = (name: string, ...images: string[]) =>
      ({ type: 'chart-images', repo: 'addon', name, version: '1', images }) as const;
    const entries = [
      chart('web', `${HOST}/a:own`, `${HOST}/a:shared`),
      chart('db', `${HOST}/a:shared`, `${HOST}/a:other`),
      ...['own', 'shared', 'other', 'unnamed'].map((tag) => tagWriting(`${HOST}/a:${tag}`, former, next)),
    ];
    for (const tag of ['own', 'shared', 'other', 'unnamed']) target.set('a', tag, next);
    return { run: await writeRun(state, { entries, manifests: [former] }), former };
  }

  it('leaves tags that other charts of the run use, and names one such chart', async () => {
    const { run } = await twoCharts();
    const { rows } = await carryOut(await jobFor([run], { only: ['addon/web'] }));
    expect(told(rows)).toEqual([
      [`${HOST}/a:own`, 'replace', 'restored'],
      [`${HOST}/a:shared`, 'conflict', 'shared', 'undo.tag-shared'],
    ]);
    expect(rows.find((row) => row.tag === 'shared')?.problem?.params).toMatchObject({ chart: 'db 1' });
  });

  it('undoes them, too, with force or when both charts are selected', async () => {
    const { run } = await twoCharts();
    const plan = await makeUndoPlan(await jobFor([run], { only: ['web', 'db@1'] }));
    expect(plan.tags.map(({ tag, action }) => `${tag} ${action}`)).toEqual([
      'other restore',
      'own restore',
      'shared restore',
    ]);
    const { rows } = await carryOut(await jobFor([run], { only: ['web'], force: true }));
    expect(rows.map((row) => `${row.tag} ${row.reason}`).sort()).toEqual(['own restored', 'shared restored']);
  });

  it('can be undone for that chart in turn', async () => {
    const { run, former } = await twoCharts();
    const { journal } = await carryOut(await jobFor([run], { only: ['web'], force: true }));
    expect(target.manifests.get('a:own')?.digest).toBe(former.digest);
    const copied = journal.entries.filter((entry) => entry.type === 'chart-images');
    expect(copied.map(({ name }) => name)).toEqual(['web', 'db']);
  });
});

describe('the preview', () => {
  it('names later runs that found a tag as they needed it', async () => {
    const next = image('a', 'new');
    const first = await writeRun(state, { entries: [tagWriting(`${HOST}/a:1`, null, next)] });
    const skip = { action: 'skip', after: { digest: next.digest, mediaType: '', platforms: [] } } as const;
    const later = await writeRun(state, { entries: [imageRow(`${HOST}/a:1`, skip)] });
    target.set('a', '1', next);
    const problems = async (runs: readonly string[]) => {
      const job = await jobFor(runs);
      return undoPlanOf(job, await makeUndoPlan(job)).problems.map(({ code, params }) => ({ code, params }));
    };
    expect(await problems([first])).toEqual([{ code: 'undo.later-run-relies', params: { later, count: 1 } }]);
    expect(await problems([first, later])).toEqual([]);
    await writeRun(state, { kind: 'undo', undoes: [later] });
    expect(await problems([first])).toEqual([]);
  });

  it('names the tags that the registry cannot remove, and asks once for each repository', async () => {
    target.tagsAreDeletable = false;
    const next = image('a', 'new');
    const entries = ['1', '2', '3'].map((tag) => tagWriting(`${HOST}/a:${tag}`, null, next));
    const run = await writeRun(state, { entries });
    for (const tag of ['1', '2', '3']) target.set('a', tag, next);
    const job = await jobFor([run]);
    const plan = undoPlanOf(job, await makeUndoPlan(job));
    expect(plan.tags.map(({ action, reason, then }) => [action, reason, then])).toEqual(
      [1, 2, 3].map(() => ['leave', 'cannot-remove', next.digest]),
    );
    expect(target.log.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });
});

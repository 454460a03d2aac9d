// What an undo does with the images of a chart that it leaves in its repository.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import type { JournalEntry } from '../../core/journal/journal.js';
import { makeUndoPlan } from '../../core/undo/undo-plan.js';
import { tagWriting, writeRun } from '../support/former-runs.js';
import { MemoryCharts } from '../support/memory-charts.js';
import { HOST, told, UndoDesk } from '../support/undo-desk.js';

let desk: UndoDesk;
beforeEach(async () => {
  desk = new UndoDesk(await mkdtemp(join(tmpdir(), 'undo-')));
});
afterEach(async () => {
  await rm(desk.state, { recursive: true });
});

describe('a chart that stays', () => {
  const place = { repo: 'addon', url: '/memory/charts', name: 'web', version: '1' } as const;
  const chartOf = (text: string) => ({
    ...{ name: place.name, version: place.version, provenance: null },
    archive: Buffer.from(text),
  });

  /** A run that published a chart with its image, and wrote another image. The repository holds `published` now. */
  async function chartAndImages(published: string) {
    const charts = new MemoryCharts();
    await charts.putChart(chartOf(published));
    const next = desk.image('a', 'new');
    for (const tag of ['web', 'other']) desk.target.set('a', tag, next);
    const entries: JournalEntry[] = [
      { type: 'chart-images', ...place, images: [`${HOST}/a:web`] },
      { type: 'chart-writing', ...place, before: null, next: digestOf(Buffer.from('ours')) },
      ...['web', 'other'].map((tag) => tagWriting(`${HOST}/a:${tag}`, null, next)),
    ];
    const run = await writeRun(desk.state, { entries });
    const job = await desk.jobFor([run]);
    const summary = { ...job.target.summary, charts: [place.url] };
    const chartsFor = () => Promise.resolve([{ url: place.url, charts }]);
    return { charts, job: { ...job, target: { ...job.target, summary, chartsFor } } };
  }

  it('keeps its images when somebody changed it, except with force', async () => {
    const { job } = await chartAndImages('theirs');
    expect((await makeUndoPlan(job)).tags.map(({ tag, action, reason }) => [tag, action, reason])).toEqual([
      ['other', 'remove', 'removed'],
      ['web', 'leave', 'shared'],
    ]);
    const { rows } = await desk.carryOut(job);
    expect(told(rows)).toEqual([
      [`${HOST}/a:other`, 'replace', 'removed'],
      [`${HOST}/a:web`, 'conflict', 'shared', 'undo.tag-shared'],
    ]);
    await desk.carryOut({ ...job, force: true });
    expect([...desk.target.manifests.keys()].filter((key) => key.startsWith('a:'))).toEqual([]);
  });

  it('keeps them when it cannot be removed', async () => {
    const { charts, job } = await chartAndImages('ours');
    charts.deleteChart = () => Promise.resolve(false);
    const { result, rows } = await desk.carryOut(job);
    expect(result).toBe('partial');
    expect(told(rows)).toEqual([
      [`${HOST}/a:other`, 'replace', 'removed'],
      [`${HOST}/a:web`, 'conflict', 'shared', 'undo.tag-shared'],
    ]);
    expect(desk.target.manifests.has('a:web')).toBe(true);
  });

  it('does not stay when it can be removed, and its image is removed', async () => {
    const { charts, job } = await chartAndImages('ours');
    const { result } = await desk.carryOut(job);
    expect([result, charts.published.size, desk.target.manifests.has('a:web')]).toEqual(['done', 0, false]);
  });
});

// Rows of journals that an undo took back no longer count; they count again when the undo is undone.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../core/content/digest.js';
import { AppError, toProblem } from '../../core/errors.js';
import { formerImages } from '../../core/journal/known-versions.js';
import { readHistory } from '../../core/journal/former-runs.js';
import { undoneWork } from '../../core/journal/undone-runs.js';
import { imageRow, writeRun } from '../support/former-runs.js';

const { signal } = new AbortController();
const digest = (letter: string): Digest => `sha256:${letter.repeat(64)}`;

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'undone-'));
});
afterEach(async () => {
  await rm(state, { recursive: true });
});

async function isUndone(run: string, target: string): Promise<boolean> {
  return undoneWork(await readHistory(state, { signal }))(run, target);
}

const undone = (target: string) => imageRow(target, { action: 'replace', reason: 'restored', version: '' });
const left = (target: string) =>
  imageRow(target, { action: 'conflict', reason: 'changed-since', version: '' });

describe('work of a run', () => {
  it('is undone with the run, except for tags that the undo left', async () => {
    const [one, two] = [await writeRun(state, {}), await writeRun(state, {})];
    await writeRun(state, { kind: 'undo', undoes: [one], entries: [undone('a:1'), left('a:2')] });
    expect(await isUndone(one, 'a:1')).toBe(true);
    expect(await isUndone(one, 'a:2')).toBe(false);
    // that run had found the tag as it should be, so nothing was restored
    expect(await isUndone(one, 'a:3')).toBe(true);
    expect(await isUndone(two, 'a:1')).toBe(false);
  });

  it('is undone only for the tags that a limited or interrupted undo reached', async () => {
    const run = await writeRun(state, {});
    await writeRun(state, { kind: 'undo', undoes: [run], only: ['web'], entries: [undone('a:1')] });
    await writeRun(state, { kind: 'undo', undoes: [run], entries: [undone('a:2')], ended: false });
    expect(await isUndone(run, 'a:1')).toBe(true);
    expect(await isUndone(run, 'a:2')).toBe(true);
    expect(await isUndone(run, 'a:3')).toBe(false);
  });

  it('is not undone for tags that were not reached before the target went away', async () => {
    const run = await writeRun(state, {});
    const problem = (code: 'registry.unreachable' | 'undo.later-run-relies') =>
      ({ type: 'problem', problem: toProblem(new AppError(code, { origin: 'registry' })) }) as const;
    const lost = [undone('a:1'), problem('registry.unreachable')];
    await writeRun(state, { kind: 'undo', undoes: [run], entries: lost });
    expect(await isUndone(run, 'a:1')).toBe(true);
    expect(await isUndone(run, 'a:2')).toBe(false);
    const whole = [undone('a:1'), problem('undo.later-run-relies')];
    await writeRun(state, { kind: 'undo', undoes: [run], entries: whole });
    expect(await isUndone(run, 'a:2')).toBe(true);
  });

  it('counts again when the undo is undone', async () => {
    const run = await writeRun(state, {});
    const undo = await writeRun(state, {
      kind: 'undo',
      undoes: [run],
      entries: [undone('a:1'), undone('a:2')],
    });
    await writeRun(state, { kind: 'undo', undoes: [undo], entries: [undone('a:1'), left('a:2')] });
    expect(await isUndone(run, 'a:1')).toBe(false);
    expect(await isUndone(run, 'a:2')).toBe(true);
    expect(await isUndone(undo, 'a:1')).toBe(true);
  });
});

describe('the version of a manifest', () => {
  it('is that of the runs that still count', async () => {
    const row = (version: string) => imageRow('a:1', { digest: digest('a'), version, action: 'skip' });
    await writeRun(state, { entries: [row('0.9.0')] });
    const upgrade = await writeRun(state, { entries: [row('0.11.0')] });
    expect((await formerImages(state, { signal })).versionOf(digest('a'))).toBe('0.11.0');
    const undo = await writeRun(state, { kind: 'undo', undoes: [upgrade] });
    expect((await formerImages(state, { signal })).versionOf(digest('a'))).toBe('0.9.0');
    await writeRun(state, { kind: 'undo', undoes: [undo] });
    expect((await formerImages(state, { signal })).versionOf(digest('a'))).toBe('0.11.0');
  });
});

// The journal of a run, and the former content that it keeps for an undo.
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rawManifest } from '../../core/content/manifest.js';
import { toProblem, AppError } from '../../core/errors.js';
import { buildReport, summarizeRun } from '../../core/report/build-report.js';
import { findRun, Journal, listRuns, readJournal } from '../../core/journal/journal.js';

const PROBLEM = toProblem(
  new AppError('run.platform-missing', {
    origin: 'package',
    params: { target: 'a:1', platform: 'linux/arm64' },
  }),
);

describe('Journal', () => {
  let state: string;
  beforeEach(async () => {
    state = await mkdtemp(join(tmpdir(), 'journal-'));
  });
  afterEach(async () => {
    await rm(state, { recursive: true });
  });

  async function begin(): Promise<Journal> {
    const journal = await Journal.create(state);
    await journal.append({
      type: 'run-started',
      run: journal.run,
      version: '0.1.0',
      target: { kind: 'folder', location: 'store', charts: [] },
      packages: [],
      weakened: [],
    });
    return journal;
  }

  it('reads back all entries in order, also those appended at the same time', async () => {
    const journal = await begin();
    await Promise.all(
      Array.from({ length: 50 }, () => journal.append({ type: 'problem', problem: PROBLEM })),
    );
    await journal.close();
    const entries = await readJournal(state, journal.run);
    expect(entries).toEqual(journal.entries);
    expect(entries).toHaveLength(51);
  });

  it('leaves out a last line that was cut off, and such a run counts as interrupted', async () => {
    const journal = await begin();
    await journal.close();
    await appendFile(join(journal.directory, 'journal.jsonl'), '{"type":"run-ended","resu');
    const entries = (await readJournal(state, journal.run)) ?? [];
    expect(entries.map((entry) => entry.type)).toEqual(['run-started']);
    expect(summarizeRun(entries)?.result).toBe('interrupted');
    const report = buildReport(entries);
    expect(report?.result).toBe('failed');
    expect(report?.problems.map((problem) => problem.code)).toEqual(['run.interrupted']);
  });

  it('keeps former manifests and charts beside it', async () => {
    const journal = await begin();
    const manifest = rawManifest(Buffer.from('{}'), 'application/json');
    await journal.keepManifest(manifest);
    const hex = await journal.keepChart({
      archive: Buffer.from('chart'),
      provenance: Buffer.from('signature'),
    });
    await journal.close();
    expect(await readFile(join(journal.directory, 'manifests', manifest.digest.slice(7)))).toEqual(
      manifest.bytes,
    );
    expect(await readFile(join(journal.directory, 'charts', `${hex}.tgz`), 'utf8')).toBe('chart');
    expect(await readFile(join(journal.directory, 'charts', `${hex}.tgz.prov`), 'utf8')).toBe('signature');
  });

  it('finds runs by id, by its start and as the latest, and says when there is none', async () => {
    const journals = [await begin(), await begin()];
    for (const journal of journals) await journal.close();
    const runs = await listRuns(state);
    expect(runs).toHaveLength(2);
    expect(await findRun(state, runs[0] ?? '')).toBe(runs[0]);
    expect(await findRun(state, 'latest')).toBe(runs[1]);
    await expect(findRun(state, 'nothing')).rejects.toThrow('There is no run "nothing"');
    await expect(findRun(state, runs[0]?.slice(0, 4) ?? '')).rejects.toThrow('There is no run');
  });

  it('finds no run for an empty name, also when there is only one run', async () => {
    await (await begin()).close();
    await expect(findRun(state, '')).rejects.toThrow('There is no run ""');
  });

  it('names the state folder when it cannot be written', async () => {
    await writeFile(join(state, 'file'), '');
    await expect(Journal.create(join(state, 'file'))).rejects.toMatchObject({ code: 'state.not-writable' });
  });
});

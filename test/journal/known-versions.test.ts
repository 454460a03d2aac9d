// Package versions from journals: which one brought a manifest, and which ones held an image under a name.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReportImage } from '../../core/contract.js';
import { Journal, type JournalEntry } from '../../core/journal/journal.js';
import { formerImages, packageHistory, type FormerImages } from '../../core/journal/known-versions.js';
import { heldWhile, manifestDigest, tagOf, writeManyJournals } from '../support/many-journals.js';

const { signal } = new AbortController();
const NAME = 'quay.io/lantern/lanternd:0.4.1';

let state: string;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'versions-'));
});
afterEach(async () => {
  await rm(state, { recursive: true });
});

function digest(letter: string): `sha256:${string}` {
  return `sha256:${letter.repeat(64)}`;
}

function row(fields: Partial<ReportImage>): JournalEntry {
  return {
    type: 'image',
    ...{
      source: NAME,
      sources: [NAME],
      target: `r.test/${NAME}`,
      repository: 'lantern/lanternd',
      tag: '0.4.1',
    },
    ...{ platform: 'linux/amd64', digest: digest('a'), config: digest('c'), action: 'push', reason: '' },
    ...{ package: 'p.tar.gz', version: '0.9.0', before: null, after: null, problem: null },
    ...fields,
  };
}

async function journal(rows: readonly JournalEntry[], kind: 'import' | 'undo' = 'import'): Promise<void> {
  const written = await Journal.create(state);
  const target = { kind: 'registry', location: 'http://r.test', charts: [] } as const;
  await written.append({
    type: 'run-started',
    ...{ run: written.run, version: '0', kind, target, packages: [], weakened: [] },
  });
  for (const entry of rows) await written.append(entry);
  await written.close();
}

describe('the version of a manifest', () => {
  it('is the latest version whose import left the manifest under its tag', async () => {
    await journal([
      row({ version: '0.11.0', action: 'skip' }),
      row({ digest: digest('b'), action: 'conflict' }),
    ]);
    await journal([row({ version: '0.9.0' })]);
    const { versionOf } = await formerImages(state, { signal });
    expect(versionOf(digest('a'))).toBe('0.11.0');
    expect(versionOf(digest('b'))).toBeNull();
  });
});

describe('the sources of an image under a tag', () => {
  it('are those of runs that had it served there and were not undone, by manifest or config', async () => {
    const other = `r.test/other:1`;
    await journal([
      row({ sources: ['a.example/x:1'] }),
      row({ sources: ['b.example/x:1'], digest: digest('d') }),
      row({ sources: ['c.example/x:1'], action: 'conflict' }),
      row({ sources: ['d.example/x:1'], target: other }),
    ]);
    const { sourcesOf } = await formerImages(state, { signal });
    const asked = { digest: digest('a'), config: digest('c') };
    expect(new Set(sourcesOf(`r.test/${NAME}`, asked))).toEqual(new Set(['a.example/x:1', 'b.example/x:1']));
    expect(sourcesOf(`r.test/${NAME}`, { ...asked, config: null })).toEqual(['a.example/x:1']);
    expect(sourcesOf(other, { digest: digest('e'), config: null })).toEqual([]);
  });
});

describe('the history of packages', () => {
  const image = { digest: digest('a'), config: digest('c') };

  it('holds every version by manifest and config, also when the image was not written', async () => {
    await journal([row({ version: '0.9.0' })]);
    await journal([row({ version: '0.10.0', digest: digest('d'), action: 'conflict' })]);
    await journal([row({ version: '0.11.0', config: digest('e'), action: 'failed' })]);
    const history = await packageHistory(state, { signal });
    expect([...history.versionsOf([NAME], image)].sort()).toEqual(['0.10.0', '0.11.0', '0.9.0']);
    expect(history.versionsOf([NAME], { digest: digest('d'), config: null })).toEqual(['0.10.0']);
  });

  it('asks for the name, because a later version may use the same image for another tag', async () => {
    await journal([
      row({ version: '0.9.0' }),
      row({ version: '0.11.0', sources: ['quay.io/lantern/lanternd:0.5.0'] }),
    ]);
    const history = await packageHistory(state, { signal });
    expect(history.versionsOf([NAME], image)).toEqual(['0.9.0']);
    expect(history.versionsOf(['elsewhere:1', NAME], image)).toEqual(['0.9.0']);
    expect(history.versionsOf(['elsewhere:1'], image)).toEqual([]);
  });

  it('leaves out packages without a version and undos, and is empty for an empty state folder', async () => {
    await journal([row({ version: '' })]);
    await journal([row({ version: '0.9.0' })], 'undo');
    const history = await packageHistory(state, { signal });
    expect(history.versionsOf([NAME], image)).toEqual([]);
    const nothing = await packageHistory(join(state, 'nowhere'), { signal });
    expect(nothing.versionsOf([NAME], image)).toEqual([]);
  });
});

describe('journals of many large runs', () => {
  it('are folded as a stream: what is held does not grow with their lines', async () => {
    await writeManyJournals(state, 10, 1_000);
    let former: FormerImages | null = null;
    const held = await heldWhile(async () => (former = await formerImages(state, { signal })));
    expect(held).toBeLessThan(8e6);
    expect(former!.versionOf(manifestDigest(9, 999))).toBe('1.9.0');
    expect(former!.versionOf(manifestDigest(0, 0))).toBe('1.0.0');
    expect(former!.sourcesOf(tagOf(7), { digest: manifestDigest(3, 7), config: null })).toEqual([
      'docker.io/team/app7:1.0',
      'ghcr.io/team/app7:1.0',
    ]);
    expect(former!.sourcesOf(tagOf(8), { digest: manifestDigest(3, 7), config: null })).toEqual([]);
  });
});

// What an undo needs survives a loss of power before the tag that it takes back is written.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { digestOf, hexOf } from '../../core/content/digest.js';
import { encodeDockerManifest } from '../../core/content/manifest.js';
import { forEachLimited } from '../../core/flow/task-pool.js';
import { Journal } from '../../core/journal/journal.js';
import { TagDecider } from '../../core/run/tags/tag-decider.js';
import { TagWriter, type TagInput } from '../../core/run/tags/tag-writer.js';
import { BlobPresence } from '../../core/run/upload/blob-presence.js';
import { MemoryTarget } from '../support/memory-target.js';
import { HOST, UndoDesk } from '../support/undo-desk.js';
import { spyOnSyncs, type SyncSpy } from '../support/sync-spy.js';

const { signal } = new AbortController();
const TAGS = Array.from({ length: 64 }, (_, at) => `v${String(at)}`);

let state: string;
let spy: SyncSpy;
beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'durable-'));
  spy = await spyOnSyncs();
});
afterEach(async () => {
  spy.end();
  await rm(state, { recursive: true });
});

function input(target: MemoryTarget, tag: string, architecture: string): TagInput {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture, tag }));
  const digest = digestOf(config);
  target.blobs.set(`team/app@${digest}`, config);
  const manifest = encodeDockerManifest({ digest, size: config.length }, []);
  const { mediaType, bytes } = manifest;
  const incoming = {
    platform: { os: 'linux', architecture },
    descriptor: { mediaType, digest: manifest.digest, size: bytes.length },
    manifest,
    config: digest,
    created: null,
    version: null,
    attestations: [],
  };
  return { incoming, attached: [], sources: [] };
}

/** What would be lost of the journal line and the kept manifest of this tag; '' when nothing would. */
function lossAt(journal: Journal, tag: string, former: string): string {
  const path = join(journal.directory, 'journal.jsonl');
  const text = readFileSync(path, 'utf8');
  const line = text.indexOf(`"target":"memory.test/team/app:${tag}"`);
  const end = text.indexOf('\n', line);
  if (line < 0 || spy.bytesOf(path) <= end) return `the line of ${tag}`;
  const kept = join(journal.directory, 'manifests', former);
  if (spy.bytesOf(kept) !== statSync(kept).size) return `the former manifest of ${tag}`;
  for (let at = kept; at !== state; at = dirname(at))
    if (!spy.hasName(dirname(at), basename(at))) return `the name ${basename(at)}`;
  return spy.hasName(dirname(path), basename(path)) ? '' : 'the name of the journal';
}

describe('before a tag is written', () => {
  it('its line and its former manifest are durable, and many tags share one sync', async () => {
    const target = new MemoryTarget();
    const journal = await Journal.create(state);
    const formers = new Map<string, string>();
    for (const tag of TAGS) {
      const { manifest } = input(target, tag, 'amd64').incoming;
      target.set('team/app', tag, manifest);
      formers.set(tag, hexOf(manifest.digest));
    }
    const losses: string[] = [];
    target.before = (request) => {
      const [, tag] = /^PUT team\/app:(.+)$/.exec(request) ?? [];
      if (tag === undefined) return;
      const loss = lossAt(journal, tag, formers.get(tag) ?? '');
      if (loss !== '') losses.push(loss);
    };
    const presence = new BlobPresence(target, { signal });
    const none = { versionOf: () => null, sourcesOf: () => [] };
    const decider = new TagDecider({ target, presence, policy: 'newer', ...none, signal });
    const writer = new TagWriter({ target, decider, journal, signal });
    await forEachLimited(TAGS, 8, async (tag) => {
      const { rows } = await writer.write('team/app', tag, [input(target, tag, 'arm64')]);
      expect(rows).toMatchObject([{ action: 'promote', problem: null }]);
    });
    await journal.close();
    expect(losses).toEqual([]);
    expect(spy.count(join(journal.directory, 'journal.jsonl'))).toBeLessThan(TAGS.length);
  });

  it('by an undo, the same holds', async () => {
    const desk = new UndoDesk(state);
    const [former, now] = [desk.image('team/app', 'former'), desk.image('team/app', 'now')];
    const run = await Journal.create(state);
    await run.append({
      type: 'run-started',
      run: run.run,
      version: '0',
      target: { kind: 'registry', location: 'http://memory.test', charts: [] },
      packages: [],
      weakened: [],
    });
    await run.keepManifest(former);
    const { digest, mediaType } = former;
    const before = { digest, mediaType, platforms: ['linux/amd64'] };
    const target = `${HOST}/team/app:v0`;
    await run.append({ type: 'tag-writing', target, before, next: now.digest });
    await run.close();
    desk.target.set('team/app', 'v0', now);
    let syncs = 0;
    const path = (journal: string) => join(state, 'runs', journal, 'journal.jsonl');
    desk.target.before = (request) => {
      if (request !== 'PUT team/app:v0') return;
      const own = readdirSync(join(state, 'runs')).find((one) => one !== run.run) ?? '';
      const text = readFileSync(path(own), 'utf8');
      expect(spy.bytesOf(path(own))).toBeGreaterThanOrEqual(text.lastIndexOf('tag-writing'));
      expect(spy.bytesOf(join(state, 'runs', own, 'manifests', hexOf(now.digest)))).toBe(now.bytes.length);
      syncs = spy.count(path(own));
    };
    const { result } = await desk.carryOut(await desk.jobFor([run.run]));
    expect(result).toBe('done');
    expect(syncs).toBe(1);
  });
});

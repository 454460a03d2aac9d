// Deciding about a tag from what was read while blobs were sent: another writer may have changed it since.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { encodeDockerManifest, parseManifest } from '../../../core/content/manifest.js';
import { Journal } from '../../../core/journal/journal.js';
import type { TagReader } from '../../../core/ports/tag-reader.js';
import { TagDecider } from '../../../core/run/tags/tag-decider.js';
import { TagWriter, type TagInput } from '../../../core/run/tags/tag-writer.js';
import { BlobPresence } from '../../../core/run/upload/blob-presence.js';
import { ListedBlobs } from '../../../core/run/upload/listed-blobs.js';
import { MemoryTarget } from '../../support/memory-target.js';

const { signal } = new AbortController();
const REPOSITORY = 'team/app';

let state: string;
let journal: Journal;
let target: MemoryTarget;
beforeAll(async () => {
  state = await mkdtemp(join(tmpdir(), 'tags-'));
  journal = await Journal.create(state);
});
afterAll(async () => {
  await journal.close();
  await rm(state, { recursive: true });
});
beforeEach(() => {
  target = new MemoryTarget();
});

function deciderOf(reader: TagReader): TagDecider {
  const presence = new BlobPresence(target, { signal });
  const unknown = { versionOf: () => null, sourcesOf: () => [] };
  return new TagDecider({ target: reader, presence, policy: 'newer', ...unknown, signal });
}

/** A writer for which the tags of the repository are read now. */
async function writer(): Promise<TagWriter> {
  const listed = new ListedBlobs(target, { signal });
  await listed.mayHave(REPOSITORY, digestOf(Buffer.alloc(0)));
  target.log.length = 0;
  const early = {
    decider: deciderOf(listed.reader()),
    hasRead: (repository: string, tag: string) => listed.hasRead(repository, tag),
  };
  return new TagWriter({ target, decider: deciderOf(target), early, journal, signal });
}

/** An image whose config lies in the target already. */
function input(architecture: string): TagInput {
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture }));
  const digest = digestOf(config);
  target.blobs.set(`${REPOSITORY}@${digest}`, config);
  const manifest = encodeDockerManifest({ digest, size: config.length }, []);
  const descriptor = {
    mediaType: manifest.mediaType,
    digest: manifest.digest,
    size: manifest.bytes.length,
  };
  const platform = { os: 'linux', architecture };
  const facts = { created: null, version: 'v1.0.0', attestations: [] };
  return {
    incoming: { platform, descriptor, manifest, config: digest, ...facts },
    attached: [],
    sources: [],
  };
}

it('is read again right before it is written, and after', async () => {
  const { rows } = await (await writer()).write(REPOSITORY, '1', [input('amd64')]);
  expect(rows).toMatchObject([{ action: 'push' }]);
  expect(target.log.filter((line) => line === `GET ${REPOSITORY}:1`)).toHaveLength(2);
});

it('the platform that another writer has put there since is kept', async () => {
  const late = await writer();
  target.set(REPOSITORY, '1', input('arm64').incoming.manifest);
  const { rows } = await late.write(REPOSITORY, '1', [input('amd64')]);
  expect(rows).toMatchObject([{ action: 'promote' }]);
  const held = target.manifests.get(`${REPOSITORY}:1`);
  const index = held && parseManifest(held.bytes, held.mediaType);
  expect(index?.kind === 'index' && index.manifests).toHaveLength(2);
});

it('an image that the tag has lost since is not called complete', async () => {
  const amd64 = input('amd64');
  target.set(REPOSITORY, '1', amd64.incoming.manifest);
  const late = await writer();
  target.manifests.clear();
  const { rows } = await late.write(REPOSITORY, '1', [amd64]);
  expect(rows).toMatchObject([{ action: 'push' }]);
});

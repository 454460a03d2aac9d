// Deciding about a tag from what was read while blobs were sent: another writer may have changed it since.
import { expect, it } from 'vitest';
import { digestOf } from '../../../core/content/digest.js';
import { parseManifest } from '../../../core/content/manifest.js';
import type { TagReader } from '../../../core/ports/tag-reader.js';
import { TagDecider } from '../../../core/run/tags/tag-decider.js';
import { TagWriter } from '../../../core/run/tags/tag-writer.js';
import { BlobPresence } from '../../../core/run/upload/blob-presence.js';
import { ListedBlobs } from '../../../core/run/upload/listed-blobs.js';
import { input, journal, REPOSITORY, target, useTagSite } from './tag-site.js';

const { signal } = new AbortController();
useTagSite();

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

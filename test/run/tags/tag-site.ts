// A target in memory and a writer for its tags, new for each test of a file.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { parseManifest } from '../../../core/content/manifest.js';
import { formatPlatform } from '../../../core/content/platform.js';
import { Journal } from '../../../core/journal/journal.js';
import { TagDecider } from '../../../core/run/tags/tag-decider.js';
import type { Recall } from '../../../core/run/tags/tag-parts.js';
import { TagWriter, type TagInput } from '../../../core/run/tags/tag-writer.js';
import { BlobPresence } from '../../../core/run/upload/blob-presence.js';
import { MemoryTarget } from '../../support/memory-target.js';
import { tagInput } from '../../support/tag-input.js';

const never = new AbortController().signal;
export const REPOSITORY = 'team/app';

export let journal: Journal;
export let target: MemoryTarget;

/** To be called once by a file with tests. */
export function useTagSite(): void {
  let state: string;
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
}

export function writer(recall: Recall = () => Promise.resolve(null), signal = never): TagWriter {
  const presence = new BlobPresence(target, { signal });
  const decider = new TagDecider({
    target,
    presence,
    policy: 'newer',
    versionOf: () => null,
    sourcesOf: () => [],
    signal,
  });
  return new TagWriter({ target, decider, journal, recall, signal });
}

/** An image whose config lies in the target already. */
export function input(architecture: string, content = ''): TagInput {
  return tagInput(target, REPOSITORY, { os: 'linux', architecture, content });
}

export function platforms(tag: string): readonly string[] {
  const manifest = target.manifests.get(`${REPOSITORY}:${tag}`);
  if (!manifest) return [];
  const parsed = parseManifest(manifest.bytes, manifest.mediaType);
  if (parsed.kind !== 'index') return ['single'];
  return parsed.manifests.map((child) => (child.platform ? formatPlatform(child.platform) : '?'));
}

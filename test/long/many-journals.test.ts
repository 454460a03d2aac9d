// A hundred former runs of 4,000 images each in the state folder, every one with images of its own: what an import holds of them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { formerImages, type FormerImages } from '../../core/journal/known-versions.js';
import { heldWhile, manifestDigest, writeManyJournals } from '../support/many-journals.js';

const { signal } = new AbortController();
const LIMIT = 20e6;

it('costs at most 20 MB', { timeout: 600_000 }, async () => {
  const state = await mkdtemp(join(tmpdir(), 'archbridge-long-'));
  try {
    await writeManyJournals(state, 100, 4_000);
    let former: FormerImages | null = null;
    const held = await heldWhile(async () => (former = await formerImages(state, { signal })));
    console.log(`100 runs of 4,000 images: ${(held / 1e6).toFixed(1)} MB`);
    expect(held).toBeLessThan(LIMIT);
    expect(former!.versionOf(manifestDigest(50, 2_000))).toBe('1.50.0');
  } finally {
    await rm(state, { recursive: true });
  }
});

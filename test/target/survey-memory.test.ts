// Comparison and plan share one survey while it is fresh: the target is asked once, and not at all for what is remembered.
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../core/content/digest.js';
import { rawManifest } from '../../core/content/manifest.js';
import { SurveyMemory } from '../../core/target/survey-memory.js';
import { MemoryTarget } from '../support/memory-target.js';

const { signal } = new AbortController();
const BLOB = Buffer.from('{}');

function site(): MemoryTarget {
  const target = new MemoryTarget();
  target.set('a', '1', rawManifest(Buffer.from('{"schemaVersion":2}'), 'application/json'));
  target.blobs.set(`a@${digestOf(BLOB)}`, BLOB);
  return target;
}

async function readAll(memory: SurveyMemory, target: MemoryTarget, reuse: boolean, key = 'site user') {
  const { images, begun } = memory.open(key, target, reuse);
  const tag = await images.getManifest('a', '1', { signal });
  await images.getManifest('a', tag?.digest ?? '', { signal });
  await images.getManifest('a', 'absent', { signal });
  await images.getBlob('a', digestOf(BLOB), { signal });
  await images.blobSize('a', digestOf(BLOB), { signal });
  return begun;
}

describe('a survey', () => {
  it('is read once, absent tags too, and shared by the next reader of the same target', async () => {
    const target = site();
    const memory = new SurveyMemory(() => 1_000);
    await readAll(memory, target, true);
    expect(target.log).toHaveLength(4);
    expect(await readAll(memory, target, true)).toBe(1_000);
    expect(target.log).toHaveLength(4);
  });

  interface Change {
    readonly reuse?: boolean;
    readonly key?: string;
    readonly later?: number;
    readonly written?: boolean;
  }

  it.each<readonly [string, Change]>([
    ['when that is asked for', { reuse: false }],
    ['for another target or account', { key: 'site other' }],
    ['after five minutes', { later: 5 * 60_000 }],
    ['after something was written', { written: true }],
  ])('is made anew %s', async (_when, { reuse = true, key = 'site user', later = 0, written = false }) => {
    const target = site();
    let now = 1_000;
    const memory = new SurveyMemory(() => now);
    await readAll(memory, target, true);
    now += later;
    if (written) memory.forget();
    expect(await readAll(memory, target, reuse, key)).toBe(1_000 + later);
    expect(target.log).toHaveLength(8);
  });

  it('does not remember a question that failed', async () => {
    const target = site();
    const { images } = new SurveyMemory().open('site', target, true);
    target.before = () => {
      throw new Error('down');
    };
    await expect(images.getManifest('a', '1', { signal })).rejects.toThrow('down');
    target.before = () => undefined;
    expect(await images.getManifest('a', '1', { signal })).not.toBeNull();
  });
});
